"""What the hall hears: the right words, in the right accent, always a sound that can be played."""

from __future__ import annotations

import logging
import math
import sys
import wave
from array import array
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import groupby, pairwise
from pathlib import Path

import pytest
from py_nanotts import NanoTTS

from core.speech import (
    SERIES_LETTERS,
    PicoVoice,
    RecordedVoice,
    VoiceUnavailable,
    announcement,
    chime,
    in_words,
    number_in_words,
    seseo,
    spoken_call,
    voice_from,
)
from core.speech import sound as speech
from core.speech.sound import RATE

CHIME_END = int(0.7 * RATE)
WORDS_START = int(1.0 * RATE)


def samples_of(wav: bytes) -> array[int]:
    with wave.open(BytesIO(wav)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (RATE, 1, 2)
        frames = sound.readframes(sound.getnframes())
    assert len(wav) == 44 + len(frames), "the header must count every sample, or a browser cuts the sound"
    return array("h", frames)


def energy(samples: array[int]) -> float:
    return math.sqrt(sum(sample * sample for sample in samples) / len(samples)) if samples else 0.0


def hiss(samples: array[int]) -> float:
    """Share of the sound in its highest tones, by second differences: great in s, small in a Castilian z."""
    changes = [a - 2 * b + c for a, b, c in zip(samples, samples[1:], samples[2:], strict=False)]
    return sum(change * change for change in changes) / sum(sample * sample for sample in samples)


def record(folder: Path, *words: str, language: str = "es", rate: int = RATE) -> None:
    """One clip of 0.3 s per word, each with a tone of its own."""
    (folder / language).mkdir(parents=True, exist_ok=True)
    for word in words:
        hertz = 200 + 7 * sum(map(ord, word)) % 900
        tone = array("h", (int(9000 * math.sin(2 * math.pi * hertz * at / rate)) for at in range(rate * 3 // 10)))
        with wave.open(str(folder / language / f"{word}.wav"), "wb") as clip:
            clip.setnchannels(1)
            clip.setsampwidth(2)
            clip.setframerate(rate)
            clip.writeframes(tone.tobytes())


class BrokenVoice:
    def __init__(self, trouble: str) -> None:
        self.trouble = trouble

    def say(self, text: str, language: str = "es") -> bytes:
        raise RuntimeError(self.trouble)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "cero"),
        (1, "uno"),
        (12, "doce"),
        (16, "dieciséis"),
        (21, "veintiuno"),
        (22, "veintidós"),
        (30, "treinta"),
        (31, "treinta y uno"),
        (44, "cuarenta y cuatro"),
        (99, "noventa y nueve"),
        (100, "cien"),
        (101, "ciento uno"),
        (105, "ciento cinco"),
        (500, "quinientos"),
        (726, "setecientos veintiséis"),
        (999, "novecientos noventa y nueve"),
        (1000, "mil"),
        (1001, "mil uno"),
        (2026, "dos mil veintiséis"),
        (9999, "nueve mil novecientos noventa y nueve"),
        (21_000, "veintiún mil"),
        (31_500, "treinta y un mil quinientos"),
        (100_000, "cien mil"),
        (999_999, "novecientos noventa y nueve mil novecientos noventa y nueve"),
    ],
)
def test_a_number_has_its_spanish_words(number: int, words: str) -> None:
    assert number_in_words(number) == words


@pytest.mark.parametrize("number", [-1, 1_000_000])
def test_a_number_without_words_is_refused_and_not_misread(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        number_in_words(number)


@pytest.mark.parametrize(
    ("series", "number", "window", "language", "sentence"),
    [
        ("A", 12, "3", "es", "Turno A, cero doce. Ventanilla tres."),
        ("A", 7, "3", "es", "Turno A, cero cero siete. Ventanilla tres."),
        ("F", 44, "12", "es", "Turno F, cero cuarenta y cuatro. Ventanilla doce."),
        ("X", 100, "1", "es", "Turno X, cien. Ventanilla uno."),
        ("X", 105, "1", "es", "Turno X, ciento cinco. Ventanilla uno."),
        ("U", 0, "1", "es", "Turno U, cero cero cero. Ventanilla uno."),
        ("M", 9999, "2", "es", "Turno M, nueve mil novecientos noventa y nueve. Ventanilla dos."),
        ("A", 12, "Comisaría", "es", "Turno A, cero doce. Comisaría."),
        ("A", 12, "Ventanilla 3", "es", "Turno A, cero doce. Ventanilla 3."),
        ("A", 12, "B", "es", "Turno A, cero doce. Ventanilla B."),
        ("A", 12, " ", "es", "Turno A, cero doce."),
        ("A", 12, "3", "en", "Ticket A, zero one two. Window three."),
        ("A", 105, "21", "en", "Ticket A, one zero five. Window twenty-one."),
        ("A", 12, "Comisaría", "en", "Ticket A, zero one two. Comisaría."),
    ],
)
def test_a_call_is_read_as_it_is_shown(series: str, number: int, window: str, language: str, sentence: str) -> None:
    assert spoken_call(series, number, window, language) == sentence


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_two_numbers_of_a_series_sound_the_same(language: str) -> None:
    calls = [spoken_call("A", number, "3", language) for number in range(1000)]
    assert len(set(map(seseo, calls))) == 1000


def test_no_two_windows_sound_the_same_in_english() -> None:
    assert len({spoken_call("A", 1, str(window), "en") for window in range(100)}) == 100


@pytest.mark.parametrize("number", [-1, 10_000])
def test_a_turn_number_that_cannot_be_shown_is_not_called(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        spoken_call("A", number, "3")


def test_letters_of_series_are_distinct_to_ear_and_eye() -> None:
    assert len(set(SERIES_LETTERS.values())) == len(SERIES_LETTERS) == 10
    assert not set(SERIES_LETTERS) & set("IOQSZÑ"), "look-alikes of 1, 0, 5, 2 and N"
    assert not set(SERIES_LETTERS) & set("BCDEGPTV"), "their names rhyme: be, ce, de, e, ge, pe, te, ve"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Su turno es A 012.", "Su turno es a, cero doce."),
        ("Turno F, cero doce.", "Turno efe, cero doce."),
        ("Pase a la ventanilla 3", "Pase a la ventanilla tres"),
        ("Hay 31 personas antes de usted", "Hay treinta y una personas antes de usted"),
        ("Entre 21 y 30 minutos", "Entre veintiuno y treinta minutos"),
        ("Faltan 21 minutos", "Faltan veintiún minutos"),
        ("1 persona", "una persona"),
        ("8:05 a. m. Gracias.", "ocho y cinco de la mañana. Gracias."),
        ("Abierto hasta las 12:00 m.", "Abierto hasta las doce del mediodía."),
        ("De 8:00 a. m. a 12:00 m. y por la tarde", "De ocho de la mañana a doce del mediodía y por la tarde"),
        ("el martes 1 de diciembre", "el martes primero de diciembre"),
        ("el martes 21 de diciembre", "el martes veintiuno de diciembre"),
        ("a la 1:00\u202fp.\u00a0m.", "a la una de la tarde."),
        ("Cuesta $12.000.", "Cuesta doce mil pesos."),
        ("Ley 1755 de 2015", "Ley mil setecientos cincuenta y cinco de dos mil quince"),
        ("Oficina 3B", "Oficina tres B"),
        ("1.000.000 y 3,5", "1.000.000 y 3,5"),
    ],
)
def test_figures_in_a_text_are_read_in_words(written: str, said: str) -> None:
    assert in_words(written) == said


@pytest.mark.parametrize(
    ("written", "respelled"),
    [
        ("cero doce once trece catorce quince diez", "sero dose onse trese catorse quinse diés"),
        ("cien ciento cinco", "sien siento sinco"),
        ("Ventanilla tres", "Ventaniya tres"),
        ("Cédula, CÉDULA, cita", "Sédula, SÉDULA, sita"),
        ("acción, dirección", "acsión, direcsión"),
        ("escena, piscina, excelente", "esena, pisina, exelente"),
        ("zapato, Zulia, lápiz, Gómez", "sapato, Sulia, lápis, Gómes"),
        ("Ortiz, vejez, capaz", "Ortís, vejés, capás"),
        ("hache, cuatro, marca, secreto, quien", "hache, cuatro, marca, secreto, quien"),
        ("ce\u0301dula", "sédula"),
    ],
)
def test_the_voice_of_spain_is_given_an_american_spelling(written: str, respelled: str) -> None:
    assert seseo(written) == respelled


@pytest.mark.parametrize("word", ["cero", "doce", "once", "trece", "quince", "cien", "cinco"])
def test_the_voice_hisses_its_c_as_in_colombia(word: str) -> None:
    as_in_spain = array("h", NanoTTS().speak(word, voice="es-ES", speed=0.9, volume=0.4))
    assert hiss(samples_of(PicoVoice().say(word))) > 1.5 * hiss(as_in_spain)


@pytest.mark.parametrize(
    ("series", "number", "window", "language"),
    [
        ("A", 12, "3", "es"),
        ("A", 11, "11", "es"),
        ("H", 444, "3", "es"),
        ("X", 999, "10", "es"),
        ("M", 1, "1", "en"),
    ],
)
def test_an_announcement_is_a_chime_and_words_that_never_clip(
    series: str, number: int, window: str, language: str
) -> None:
    sound = samples_of(announcement(PicoVoice(), series, number, window, language))
    assert 2 < len(sound) / RATE < 7
    assert max(map(abs, sound)) < 32_000
    assert max(len(list(run)) for level, run in groupby(sound) if abs(level) > 20_000) < 4
    assert energy(sound[:CHIME_END]) > 1500
    assert energy(sound[CHIME_END + 1 : WORDS_START]) == 0
    assert energy(sound[WORDS_START:]) > 1500


def test_the_chime_begins_and_ends_without_a_click() -> None:
    sound = samples_of(chime())
    assert len(sound) == CHIME_END
    assert max(map(abs, sound)) < 20_000
    assert max(abs(sound[0]), abs(sound[1]), abs(sound[-2]), abs(sound[-1])) < 50
    steps = [abs(after - before) for before, after in pairwise(sound)]
    assert max(steps) < 4000, "a tone of 659 Hz never jumps so far"


def test_every_turn_has_a_sound_of_its_own_and_keeps_it() -> None:
    voice = PicoVoice()
    calls = [(series, number, window) for series in "AX" for number in (2, 12, 20) for window in ("1", "7")]
    sounds = {announcement(voice, *call) for call in calls}
    assert len(sounds) == len(calls)
    assert announcement(voice, *calls[0]) is announcement(voice, *calls[0])


def test_four_displays_may_ask_at_once() -> None:
    voice = PicoVoice()
    texts = [f"Turno {letter}, cero doce. Ventanilla tres." for letter in SERIES_LETTERS]
    with ThreadPoolExecutor(4) as pool:
        sounds = list(pool.map(voice.say, texts * 3))
    assert all(energy(samples_of(sound)) > 1500 for sound in sounds)
    assert len(set(sounds)) >= len(texts)


@pytest.mark.parametrize("text", ["", " \n ", "<volume level='500'>", "\x00\x1b@", "😀 ́", "<" * 5000, "ñ" * 3000])
def test_no_text_breaks_the_voice(text: str) -> None:
    samples_of(PicoVoice().say(text))


def test_the_engine_never_meets_a_word_it_cannot_end() -> None:
    pieces = speech._sentences("ñ" * 3000 + " 9" * 3000 + "a.b" * 200)
    assert max(len(word.encode()) for piece in pieces for word in piece.split()) < 256
    assert max(map(len, pieces)) <= 200


def test_an_announcement_ends_with_its_words() -> None:
    for number in (2, 444):
        sound = samples_of(announcement(PicoVoice(), "H", number, "3"))
        assert energy(sound[-int(0.4 * RATE) :]) > 100


def test_a_tag_in_a_text_does_not_command_the_engine() -> None:
    plain = samples_of(PicoVoice().say("Ana speed level 20 Pérez"))
    tagged = samples_of(PicoVoice().say('Ana <speed level="20"> Pérez'))
    assert abs(len(tagged) - len(plain)) < RATE // 4


def test_recorded_words_are_joined_in_their_order(tmp_path: Path) -> None:
    record(tmp_path, "turno", "efe", "cero", "dieciseis", "ventanilla", "tres")
    sound = samples_of(RecordedVoice(tmp_path).say("Turno F, cero dieciséis. Ventanilla tres."))
    parts = [samples_of((tmp_path / "es" / f"{word}.wav").read_bytes()) for word in ("turno", "efe", "cero")]
    silence, breath = array("h", bytes(2 * int(0.06 * RATE))), array("h", bytes(2 * int(0.3 * RATE)))
    assert sound[: 3 * len(parts[0]) + len(silence) + len(breath)] == (
        parts[0] + silence + parts[1] + breath + parts[2]
    )
    assert len(sound) / RATE == pytest.approx(6 * 0.3 + 3 * 0.06 + 3 * 0.3)


def test_recordings_exist_for_each_language_apart(tmp_path: Path) -> None:
    record(tmp_path, "ticket", "a", "one", "window", "three", language="en")
    voice = RecordedVoice(tmp_path)
    assert len(samples_of(voice.say("Ticket A, one. Window three.", "en"))) > RATE
    with pytest.raises(VoiceUnavailable, match=r"turno\.wav"):
        voice.say("Turno A")


def test_a_missing_recording_leaves_the_whole_sentence_to_the_other_voice(tmp_path: Path) -> None:
    record(tmp_path / "some", "turno", "a")
    record(tmp_path / "all", "turno", "a", "doce")
    voice = RecordedVoice(tmp_path / "some", fallback=RecordedVoice(tmp_path / "all"))
    assert voice.say("Turno A, doce") == RecordedVoice(tmp_path / "all").say("Turno A, doce")


@pytest.mark.parametrize("spoiled", ["rate", "noise", "empty"])
def test_a_spoiled_recording_counts_as_missing(tmp_path: Path, spoiled: str) -> None:
    record(tmp_path, "turno", rate=44_100 if spoiled == "rate" else RATE)
    if spoiled != "rate":
        (tmp_path / "es" / "turno.wav").write_bytes(b"no es un sonido" if spoiled == "noise" else b"")
    with pytest.raises(VoiceUnavailable, match=r"turno\.wav"):
        RecordedVoice(tmp_path).say("Turno")


def test_a_voice_that_fails_leaves_the_chime_and_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    voice = BrokenVoice("the loudspeaker of the test is broken")
    assert [announcement(voice, "A", number, "3") for number in (1, 2, 2)] == [chime()] * 3
    assert [record.getMessage() for record in caplog.records if "of the test" in record.getMessage()] == [
        "The hall has no voice, only the chime: the loudspeaker of the test is broken"
    ]


def test_the_hall_keeps_its_chime_without_the_voice_library_and_speaks_again_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    voice = PicoVoice()
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "py_nanotts", None)
        assert announcement(voice, "A", 12, "3") == chime()
    assert len(announcement(voice, "A", 12, "3")) > 2 * len(chime())


def test_a_language_the_voice_does_not_know_leaves_the_chime() -> None:
    assert announcement(PicoVoice(), "A", 12, "3", "fr") == chime()


def test_the_setting_names_the_voice(tmp_path: Path) -> None:
    assert isinstance(voice_from("pico"), PicoVoice)
    recorded = voice_from(str(tmp_path))
    assert isinstance(recorded, RecordedVoice)
    assert isinstance(recorded.fallback, PicoVoice)


@pytest.mark.parametrize("setting", ["", "espeak", "/no/such/folder"])
def test_a_setting_that_names_no_voice_is_refused_with_the_remedy(setting: str) -> None:
    with pytest.raises(ValueError, match="folder of recordings"):
        voice_from(setting)


def test_the_sounds_that_are_kept_are_few_enough_for_a_small_machine() -> None:
    limit = speech._chime_and_words.cache_parameters()["maxsize"]
    assert limit is not None
    assert limit * 200_000 < 30_000_000

"""How the voice sounds: engines that speak, recordings of people, the chime, and the call made of them."""

from __future__ import annotations

import importlib
import logging
import math
import re
import unicodedata
import wave
from array import array
from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Protocol

from core.speech.words import in_words, seseo, spoken_call

log = logging.getLogger(__name__)

RATE = 16_000
"""Samples per second of every sound here; they are mono, signed, 16 bits."""

LOUDEST = 26_000
"""Peak of the spoken words, 80 % of full scale: equally loud calls, and none that clips."""


class VoiceUnavailable(Exception):
    """This voice cannot say the text now: a part is not installed, a recording is missing, or it failed."""


class Voice(Protocol):
    """Something that speaks."""

    def say(self, text: str, language: str = "es") -> bytes:
        """Return `text` as a complete WAV (16 kHz, mono, 16 bits); raise VoiceUnavailable when it cannot."""
        ...

    def __hash__(self) -> int:
        """Voices are told apart, so that what each has said can be kept."""
        ...


class PicoVoice:
    """SVOX Pico inside the process, through py-nanotts: 15 to 30 ms for a call, no system package.

    Safe to share between threads: each sentence is made by an engine of its own. The engine does not let
    other threads run while it works, so long texts go sentence by sentence.
    """

    VOICES = {"es": "es-ES", "en": "en-US"}
    SPEED = 0.9
    VOLUME = 0.4
    """Of the engine, whose 0.6 still clips "once"; what it gives is then raised to LOUDEST."""

    def say(self, text: str, language: str = "es") -> bytes:
        """Speak Spanish with Colombian seseo, or English; figures and turn codes are read in words."""
        try:
            engine = importlib.import_module("py_nanotts").NanoTTS()
            spoken = seseo(in_words(text)) if language == "es" else text
            voice = self.VOICES[language]
            sentences = [
                engine.speak(sentence, voice=voice, speed=self.SPEED, volume=self.VOLUME)
                for sentence in _sentences(spoken)
            ]
        except (ImportError, KeyError, ValueError, RuntimeError, MemoryError) as failure:
            raise VoiceUnavailable(f"Pico cannot speak {language}: {failure!r}") from failure
        return _wav(_levelled(_joined((_trimmed(_samples(sound)), 0.35) for sound in sentences)))


class RecordedVoice:
    """A person's recordings, one file per word: `FOLDER/es/turno.wav`, `FOLDER/en/ticket.wav`.

    File names are the word in small letters without accents (`dieciseis.wav`, `efe.wav`); the sound is
    16 kHz, mono, 16 bits. When a word has no good file, the whole text is left to the fallback voice.
    """

    def __init__(self, folder: Path, fallback: Voice | None = None) -> None:
        self.folder = folder
        self.fallback = fallback

    def say(self, text: str, language: str = "es") -> bytes:
        """Join the recordings of the words, with a breath at each comma and full stop."""
        words = re.findall(r"([^\W_]+)([,.;:]?)", in_words(text) if language == "es" else text)
        try:
            return _wav(_joined((self._recording(word, language), 0.3 if stop else 0.06) for word, stop in words))
        except VoiceUnavailable:
            if self.fallback is None:
                raise
            return self.fallback.say(text, language)

    def _recording(self, word: str, language: str) -> array[int]:
        path = self.folder / language / f"{_without_accents(word.lower())}.wav"
        try:
            with wave.open(str(path), "rb") as recording:
                if (recording.getframerate(), recording.getnchannels(), recording.getsampwidth()) != (
                    RATE,
                    1,
                    2,
                ):
                    raise VoiceUnavailable(f"{path} must be 16 kHz, mono, 16 bits")
                return _samples(recording.readframes(recording.getnframes()))
        except (OSError, EOFError, wave.Error) as failure:
            raise VoiceUnavailable(f"no usable recording at {path}: {failure!r}") from failure


def voice_from(setting: str) -> Voice:
    """The voice a setting names: "pico", or a folder of recordings, with Pico for the words it lacks.

    Raise ValueError, which names the remedy, for anything else.
    """
    if setting == "pico":
        return PicoVoice()
    folder = Path(setting)
    if not setting or not folder.is_dir():
        raise ValueError(f'the voice must be "pico" or an existing folder of recordings, not {setting!r}')
    return RecordedVoice(folder, fallback=PicoVoice())


@lru_cache(maxsize=1)
def chime() -> bytes:
    """Two falling notes in 0.7 s, a complete WAV; 659 and 523 Hz, for ears that have lost the high tones."""
    length, second = int(0.7 * RATE), int(0.3 * RATE)
    sound = array("h", bytes(2 * length))
    for start, hertz in ((0, 659.26), (second, 523.25)):
        for index in range(start, length):
            since, left = (index - start) / RATE, (length - index) / RATE
            level = min(1, since / 0.008) * min(1, left / 0.06) * math.exp(-4 * since)
            sound[index] += int(11_000 * level * math.sin(2 * math.pi * hertz * since))
    return _wav(sound)


def announcement(voice: Voice, series: str, number: int, window: str, language: str = "es") -> bytes:
    """The sound of a call as one WAV: chime, 0.3 s of silence, the words; the chime alone if the voice fails.

    Raise ValueError only for a number outside 0 to 9999. The last 128 (about 25 MB) are kept, since every
    display of a hall asks for the same one, and again when it repeats.
    """
    words = spoken_call(series, number, window, language)
    try:
        return _chime_and_words(voice, words, language)
    except Exception as failure:
        _report_once(str(failure))
        return chime()


@lru_cache(maxsize=128)
def _chime_and_words(voice: Voice, words: str, language: str) -> bytes:
    return _wav(_joined([(_sound_of(chime()), 0.3), (_trimmed(_sound_of(voice.say(words, language))), 0.1)]))


@lru_cache(maxsize=32)
def _report_once(failure: str) -> None:
    log.warning("The hall has no voice, only the chime: %s", failure)


def _without_accents(text: str) -> str:
    return "".join(mark for mark in unicodedata.normalize("NFD", text) if not unicodedata.combining(mark))


def _sentences(text: str) -> list[str]:
    """The text in pieces the engine can bear: at most 200 letters, in words of at most 40, in Latin letters.

    Pico never comes back from one word of 256 bytes, and obeys tags written in angle brackets.
    """
    plain = re.sub(r"[^\w\s.,;:¿?¡!()$%/°ºª'-]|[^\x00-\u024f]", " ", text)
    short = re.sub(r"(\S{40})(?=\S)", r"\1 ", plain)
    parts = chain.from_iterable(re.findall(r".{1,200}(?:\s|$)", part) for part in re.split(r"(?<=[.?!;])\s+|\n", short))
    return [" ".join(part.split()) for part in parts if re.search(r"\w", part)]


def _samples(pcm: bytes) -> array[int]:
    return array("h", pcm[: len(pcm) // 2 * 2])


def _sound_of(wav: bytes) -> array[int]:
    with wave.open(BytesIO(wav), "rb") as sound:
        return _samples(sound.readframes(sound.getnframes()))


def _wav(samples: array[int]) -> bytes:
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.tobytes())
    return file.getvalue()


def _joined(pieces: Iterable[tuple[array[int], float]]) -> array[int]:
    """The pieces one after another, each followed by its seconds of silence."""
    whole = array("h")
    for samples, silence in pieces:
        whole.extend(samples)
        whole.frombytes(bytes(2 * int(silence * RATE)))
    return whole


def _trimmed(samples: array[int]) -> array[int]:
    """Without what is before and after the words: silence, and the click that ends some sentences of Pico.

    Words last at least three blocks of 20 ms, also a final s, the weakest sound; 20 ms are left on each side.
    """
    block = RATE // 50
    loud = [sum(map(abs, samples[at : at + block])) > 60 * block for at in range(0, len(samples), block)]
    words = [at for at in range(len(loud) - 2) if all(loud[at : at + 3])]
    return samples[max(0, words[0] - 1) * block : (words[-1] + 4) * block] if words else samples[:0]


def _levelled(samples: array[int]) -> array[int]:
    """Raised or lowered so that the highest peak is LOUDEST."""
    peak = max((abs(sample) for sample in samples), default=0)
    return array("h", (sample * LOUDEST // peak for sample in samples)) if peak else samples

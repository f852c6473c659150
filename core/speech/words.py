"""What the voice says, in words: numbers, calls and pages, and how Colombia pronounces them; pure."""

from __future__ import annotations

import re
import unicodedata

SERIES_LETTERS = {
    "A": "a",
    "F": "efe",
    "H": "hache",
    "J": "jota",
    "K": "ka",
    "L": "ele",
    "M": "eme",
    "R": "erre",
    "U": "u",
    "X": "equis",
}
"""Letters of series and their names: no look-alikes (I, O, Q, S, Z, Ñ), none that rhyme (be, ce, de…)."""

_WORDS = {
    "to twenty-nine": """
        cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis
        diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco
        veintiséis veintisiete veintiocho veintinueve""",
    "tens": "treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "hundreds": """
        ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos
        novecientos""",
    "to nineteen": """
        zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen""",
    "english tens": "twenty thirty forty fifty sixty seventy eighty ninety",
}
_TO_TWENTY_NINE, _TENS, _HUNDREDS, _TO_NINETEEN, _ENGLISH_TENS = map(str.split, _WORDS.values())

_MONTHS = "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"

_FIGURE = re.compile(
    r"(?<![0-9.,])(?P<digits>[0-9]{1,6})(?![0-9]|[.,][0-9])"
    r"(?= (?P<una>(?:persona|hora|semana|hoja|copia|fotocopia)s?\b)"
    r"| (?P<un>(?:minuto|día|año|turno|puesto|peso|documento|trámite)s?\b|mes\b|meses\b)|)"
)
"""A figure and, where one follows, the noun that turns its "uno" into "una" or "un"."""


def number_in_words(number: int) -> str:
    """Spanish words for 0 to 999 999; raise ValueError outside."""
    if not 0 <= number <= 999_999:
        raise ValueError(f"no words for {number}: only 0 to 999999")
    if number < 30:
        return _TO_TWENTY_NINE[number]
    if number < 100:
        tens, unit = divmod(number, 10)
        return _TENS[tens - 3] + (f" y {_TO_TWENTY_NINE[unit]}" if unit else "")
    if number == 100:
        return "cien"
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return _HUNDREDS[hundreds - 1] + (f" {number_in_words(rest)}" if rest else "")
    thousands, rest = divmod(number, 1000)
    start = "mil" if thousands == 1 else f"{_before_a_noun(number_in_words(thousands), 'un')} mil"
    return start + (f" {number_in_words(rest)}" if rest else "")


def spoken_call(series: str, number: int, window: str, language: str = "es") -> str:
    """The sentence that calls a turn, also fit for a caption: "Turno A, cero doce. Ventanilla tres."

    The number is read as it is shown, with three digits; it goes from 0 to 9999 (ValueError outside). A
    window whose label is a word ("Comisaría") is called by that word alone.
    """
    if not 0 <= number <= 9999:
        raise ValueError(f"a turn number goes from 0 to 9999, not {number}")
    shown, label = f"{number:03}", " ".join(window.split())
    if language == "en":
        call = f"Ticket {series}, {' '.join(_TO_NINETEEN[int(digit)] for digit in shown)}."
        place, where = "Window", _english_label(label)
    else:
        call = f"Turno {series}, {_digits_in_words(shown)}."
        place, where = "Ventanilla", _digits_in_words(label) if re.fullmatch("[0-9]{1,3}", label) else label
    if not label:
        return call
    is_a_name = re.search(r"[^\W\d_]{3,}", label)
    return f"{call} {label}." if is_a_name else f"{call} {place} {where}."


def in_words(text: str) -> str:
    """Spanish text with its figures and turn codes written out ("A 012" → "a, cero doce")."""
    text = re.sub("[\u00a0\u202f]", " ", unicodedata.normalize("NFC", text))
    text = re.sub(r"\b([A-Z]) (?=[0-9]{3,4}\b)", lambda code: f"{_letter(code[1])}, ", text)
    text = re.sub(r"(?<=[Tt]urno )([A-Z])\b", lambda code: _letter(code[1]), text)
    text = re.sub(r"\b12:00\sm\.(?=\.|\s+[A-ZÁÉÍÓÚÑ¿¡]|\s*$)", "doce del mediodía.", text)
    text = re.sub(r"\b12:00\sm\.", "doce del mediodía", text)
    text = re.sub(rf"\b1 (?=de (?:{_MONTHS})\b)", "primero ", text)
    text = re.sub(r"\b([ap])\.\s?m\.(?=\s+[A-ZÁÉÍÓÚÑ¿¡]|\s*$)", r"\1. m..", text)
    text = re.sub(r"\ba\.\s?m\.", "de la mañana", text)
    text = re.sub(r"\bp\.\s?m\.", "de la tarde", text)
    text = re.sub(r"\b([0-9]{1,2}):([0-9]{2})\b", lambda time: _time_in_words(int(time[1]), int(time[2])), text)
    text = re.sub(r"\$\s?([0-9.]*[0-9])", r"\1 pesos", text)
    text = re.sub(r"(?<![0-9.,])([0-9]{1,3})\.([0-9]{3})(?![0-9]|[.,][0-9])", r"\1\2", text)
    text = re.sub(r"(?<=[0-9])(?=[^\W\d_])", " ", text)
    return _FIGURE.sub(_figure_in_words, text)


def seseo(text: str) -> str:
    """Spanish text respelled so that a voice from Spain says it as in Colombia: never for the eye.

    z, and c before e or i, become s ("doce" → "dose", "escena" → "esena"); ll becomes y. A final z carries
    the stress to its syllable and a final s does not, so the accent is written ("Ortiz" → "Ortís").
    """
    text = re.sub(r"\b\w*z\b", _stressed_on_the_last, unicodedata.normalize("NFC", text), flags=re.IGNORECASE)
    text = re.sub("s(?=c[eiéí])|(?<=x)c(?=[eiéí])", "", text, flags=re.IGNORECASE)
    text = re.sub("c(?=[eiéí])", "s", text)
    text = re.sub("C(?=[eiéíEIÉÍ])", "S", text)
    return text.replace("z", "s").replace("Z", "S").replace("ll", "y").replace("Ll", "Y").replace("LL", "Y")


def _digits_in_words(digits: str) -> str:
    """Words for digits as they are written: each leading zero is said, then the rest as one number."""
    rest = digits.lstrip("0")
    words = ["cero"] * (len(digits) - len(rest))
    return " ".join([*words, number_in_words(int(rest))] if rest else words)


def _english_label(label: str) -> str:
    if not re.fullmatch("[0-9]{1,2}", label):
        return label
    number = int(label)
    if number < 20:
        return _TO_NINETEEN[number]
    tens, unit = divmod(number, 10)
    return _ENGLISH_TENS[tens - 2] + (f"-{_TO_NINETEEN[unit]}" if unit else "")


def _figure_in_words(figure: re.Match[str]) -> str:
    words = _digits_in_words(figure["digits"])
    if figure["una"] or figure["un"]:
        return _before_a_noun(words, "una" if figure["una"] else "un")
    return words


def _before_a_noun(words: str, one: str) -> str:
    """ "uno" as it is said before a noun: "treinta y uno" → "treinta y un" (or "una")."""
    if words.endswith("veintiuno") and one == "un":
        return words.removesuffix("uno") + "ún"
    return words.removesuffix("uno") + one if words.endswith("uno") else words


def _time_in_words(hour: int, minute: int) -> str:
    start = _before_a_noun(number_in_words(hour), "una")
    return start + (f" y {number_in_words(minute)}" if minute else "")


def _letter(letter: str) -> str:
    return SERIES_LETTERS.get(letter, letter)


def _stressed_on_the_last(match: re.Match[str]) -> str:
    word = match[0]
    if re.search("[áéíóú]", word, re.IGNORECASE):
        return word
    return re.sub(
        "[aeiou](?=z$)",
        lambda vowel: vowel[0].translate(str.maketrans("aeiouAEIOU", "áéíóúÁÉÍÓÚ")),
        word,
        flags=re.IGNORECASE,
    )

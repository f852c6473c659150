"""The voice of the hall: a call becomes words and words become sound, without internet or system voices."""

from core.speech.sound import PicoVoice, RecordedVoice, Voice, VoiceUnavailable, announcement, chime, voice_from
from core.speech.words import SERIES_LETTERS, in_words, number_in_words, seseo, spoken_call

__all__ = [
    "SERIES_LETTERS",
    "PicoVoice",
    "RecordedVoice",
    "Voice",
    "VoiceUnavailable",
    "announcement",
    "chime",
    "in_words",
    "number_in_words",
    "seseo",
    "spoken_call",
    "voice_from",
]

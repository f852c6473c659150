"""What is to be seen of the queue: the wall, the window, the hall and what is ahead, read from the same rows."""

from core.turns.board.ahead import ALMOST, ahead, ahead_of_a_newcomer
from core.turns.board.desk import Line, lines, next_few, set_aside, turn_at, windows_serving
from core.turns.board.hall import (
    DayFigures,
    WindowNow,
    everyone_waiting,
    exceptions_of,
    figures,
    help_calls,
    leftovers,
    share,
    windows_now,
)
from core.turns.board.wall import ANNOUNCED, STILL_VALID_FOR, Call, Zone, last_seq, wall
from core.turns.outlook.told import as_of, wait_for, wait_of

__all__ = [
    "ALMOST",
    "ANNOUNCED",
    "STILL_VALID_FOR",
    "Call",
    "DayFigures",
    "Line",
    "WindowNow",
    "Zone",
    "ahead",
    "ahead_of_a_newcomer",
    "as_of",
    "everyone_waiting",
    "exceptions_of",
    "figures",
    "help_calls",
    "last_seq",
    "leftovers",
    "lines",
    "next_few",
    "set_aside",
    "share",
    "turn_at",
    "wait_for",
    "wait_of",
    "wall",
    "windows_now",
    "windows_serving",
]

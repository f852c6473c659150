"""What is to be seen of the queue: the wall, the window, the outlook and the hall, read from the same rows."""

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
from core.turns.board.outlook import ALMOST, Flow, ahead, ahead_of_a_newcomer, flow, wait_for, wait_of
from core.turns.board.wall import ANNOUNCED, STILL_VALID_FOR, Call, Zone, last_seq, wall

__all__ = [
    "ALMOST",
    "ANNOUNCED",
    "STILL_VALID_FOR",
    "Call",
    "DayFigures",
    "Flow",
    "Line",
    "WindowNow",
    "Zone",
    "ahead",
    "ahead_of_a_newcomer",
    "everyone_waiting",
    "exceptions_of",
    "figures",
    "flow",
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

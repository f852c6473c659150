"""What people do with turns; each verb finds, asks the rule, changes, and records what happened."""

from core.turns.actions.aside import mark_absent, return_absent, skip
from core.turns.actions.asked import Outcome
from core.turns.actions.attend import add_service, finish, hold, resume, start
from core.turns.actions.call import call_next, check_hands_empty, pick, recall
from core.turns.actions.change import in_hand, turn_of, turn_with_token
from core.turns.actions.citizen import ask_more_time, come_back, leave
from core.turns.actions.hour import Hour, hour_in_line, hour_of, trust_clock
from core.turns.actions.issue import Asked, Issued, Offer, check_open, issue, look_up
from core.turns.actions.release import abandon, let_go
from core.turns.actions.send import transfer
from core.turns.actions.supervise import QueueOrder, cancel, close_leftovers, move, regroup, set_order
from core.turns.actions.undo import last_action, undo_last

__all__ = [
    "Asked",
    "Hour",
    "Issued",
    "Offer",
    "Outcome",
    "QueueOrder",
    "abandon",
    "add_service",
    "ask_more_time",
    "call_next",
    "cancel",
    "check_hands_empty",
    "check_open",
    "close_leftovers",
    "come_back",
    "finish",
    "hold",
    "hour_in_line",
    "hour_of",
    "in_hand",
    "issue",
    "last_action",
    "leave",
    "let_go",
    "look_up",
    "mark_absent",
    "move",
    "pick",
    "recall",
    "regroup",
    "resume",
    "return_absent",
    "set_order",
    "skip",
    "start",
    "transfer",
    "trust_clock",
    "turn_of",
    "turn_with_token",
    "undo_last",
]

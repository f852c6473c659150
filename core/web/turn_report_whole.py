"""The report of turns as a whole: its parts in their order, the same on screen, on paper and in a file."""

from __future__ import annotations

from core.web.report_parts import Part
from core.web.turn_report import Address, Told, attended, by, exceptional, summary
from core.web.turn_report_time import heat, trend


def parts_of(told: Told, exceptions: Address | None) -> list[Part]:
    """Every part; nothing of days without turns but what was out of the ordinary, which opens at `exceptions`."""
    if not told.whole.turns:
        return [exceptional(told, exceptions)] if told.exceptions else []
    through = trend(told)
    several = len({day.site_id for day in told.now.days}) > 1
    return [
        *([through] if through else []),
        heat(told),
        *([by(told, "site")] if several else []),
        *(by(told, what) for what in ("service", "group", "channel")),
        attended(told, "window"),
        summary(told),
        exceptional(told, exceptions),
    ]

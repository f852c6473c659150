"""The periods of reports: their names in an address, their quarters, and the one before each."""

from __future__ import annotations

from datetime import date

from core.reports import periods
from core.reports.periods import Period


def test_a_period_knows_its_name_its_quarters_and_the_one_before() -> None:
    cases = [
        ("2026-T4", (10, 1), (12, 31), "2026-T3", 1),
        ("2026-T1", (1, 1), (3, 31), "2025-T4", 1),
        ("2026-S1", (1, 1), (6, 30), "2025-S2", 2),
        ("2026", (1, 1), (12, 31), "2025", 4),
    ]
    for name, first, last, before, quarters in cases:
        found = periods.read(name)
        assert found == Period(date(2026, *first), date(2026, *last)), name
        assert (found.name, found.before.name, len(found.quarters)) == (name, before, quarters)
    assert [periods.read(name) for name in ("", "2026-S3", "2026-T5", "1999-T1", "x")] == [None] * 5
    week = Period(date(2026, 11, 23), date(2026, 11, 29))
    assert (week.name, week.quarters, week.before) == ("", (), Period(date(2026, 11, 16), date(2026, 11, 22)))
    february = Period(date(2026, 2, 1), date(2026, 4, 30))
    assert (february.quarters, february.before) == ((), Period(date(2025, 11, 1), date(2026, 1, 31)))
    recent = " ".join(each.name for each in periods.recent(date(2026, 2, 3), 2))
    assert recent == "2026 2026-S1 2026-T1 2025-T4 2025-S2 2025"

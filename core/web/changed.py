"""What people's answers changed of late, as the thank-you pages and the portal tell it."""

from __future__ import annotations

from core.clock import today
from core.improvement import actions
from core.reports.periods import quarter_of
from core.web.database import db
from core.web.words import language


def what_changed() -> list[str]:
    """Up to three sentences of this quarter and the one before it, the newest first."""
    return actions.changed(db.session(), quarter_of(today()).before.first, language())

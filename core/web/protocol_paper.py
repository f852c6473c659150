"""Protocols on paper: one, or the manual of all that rule, drawn once for as long as the same ones rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import current_app
from flask_babel import force_locale

from core.clock import now, today
from core.protocols.model import ProtocolVersion
from core.protocols.text import read
from core.reports import pdf
from core.web.information import date_text
from core.web.office import entity
from core.web.protocol_words import channel_text, moment_text, population_text, stages
from core.web.shared import SHARED, Shared

MANUAL = "manual"


def manual_paper(versions: Sequence[ProtocolVersion]) -> bytes:
    """All of them behind a cover with their contents."""
    return _paper(MANUAL, versions, cover=True)


def protocol_paper(version: ProtocolVersion) -> bytes:
    """One protocol."""
    return _paper(version.protocol.code, [version], cover=False)


def _paper(what: str, versions: Sequence[ProtocolVersion], *, cover: bool) -> bytes:
    """The paper is in Spanish, as the protocols are, whatever the language of the page that asks for it."""
    here, day = entity(), today()
    name = here.name if here else ""
    shared: Shared = current_app.extensions[SHARED]
    same = (day, name, tuple(version.id for version in versions))

    def draw() -> bytes:
        with force_locale("es_CO"):
            return pdf.draw("protocols", _said(name, versions, day, cover=cover), now())

    return shared.answer(("protocols on paper", what), same, draw)


def _said(name: str, versions: Sequence[ProtocolVersion], day: date, *, cover: bool) -> dict[str, Any]:
    return {
        "entity": name,
        "cover": cover,
        "day": date_text(day),
        "protocols": [_protocol(version) for version in versions],
    }


def _protocol(version: ProtocolVersion) -> dict[str, Any]:
    text, protocol = read(version.text), version.protocol
    return {
        "code": protocol.code,
        "title": text.title,
        "whom": f"{channel_text(protocol.channel)} · {population_text(protocol.population)}",
        "number": str(version.number),
        "since": date_text(version.valid_from) if version.valid_from else "",
        "act": version.act,
        "purpose": text.purpose,
        "scope": text.scope,
        "responsible": text.responsible,
        "stages": [
            {
                "name": moment_text(stage.moment),
                "first": stage.first,
                "steps": [{"do": step.do, "say": step.say} for step in stage.steps],
            }
            for stage in stages(text)
        ],
        "phrases": list(text.phrases),
        "never": list(text.never),
        "targets": [[target.what, target.time] for target in text.targets],
    }

"""The daily reminder in words, and who sees that it is written: one of the processes, each working morning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta

import click
from flask import Flask, current_app
from flask_babel import force_locale

from core import clock
from core.db import transaction
from core.errors import N_
from core.petitions import reminders
from core.petitions.deadlines import State
from core.petitions.reminding import URGENT, Case, Digest
from core.petitions.terms import Kind
from core.web.background import is_my_turn
from core.web.besides import Pile, besides
from core.web.database import db
from core.web.petition_words import kind_text, state_text
from core.web.words import day_text, translate

SINCE = time(7)
"""When the reminder of the day is written, so that it is there when the doors open."""
ROUND, EVERY = "reminding", timedelta(minutes=10)
PILES = (
    ("mine", N_("En sus manos")),
    ("unassigned", N_("En su dependencia, sin nadie a cargo")),
    ("of_others", N_("De su gente, vencidas o que vencen hoy")),
)


def remind() -> int:
    """Write the reminders of today that are not written yet; how many."""
    today, sent = clock.today(), 0
    more = besides(db.session(), today)
    for told in reminders.due_today(db.session(), today, more):
        piles = more.get(told.official_id, [])
        with force_locale("es"):
            subject, text = subject_of(told.digest, piles), text_of(told, piles)
        with transaction(db.session) as session:
            sent += reminders.write(session, told, subject, text, clock.now())
    db.session.rollback()
    return sent


def go_round() -> None:
    """What each process asks every few seconds: whether it is time, and its turn, to remind."""
    at = clock.now()
    if at.time() >= SINCE and is_my_turn(ROUND, EVERY, at):
        remind()


def subject_of(digest: Digest, piles: Sequence[Pile]) -> str:
    """«PQRSD: 2 vencidas o para hoy»; where there is nothing of petitions, the subject of the first pile."""
    if digest.is_empty:
        return piles[0].subject
    everything = (*digest.mine, *digest.unassigned, *digest.of_others)
    today = sum(case.state in URGENT for case in everything)
    if today:
        return translate(N_("PQRSD: %(n)s vencidas o para hoy"), n=today)
    return translate(N_("PQRSD: lo que vence pronto"))


def text_of(told: reminders.Told, piles: Sequence[Pile]) -> str:
    """The reminder: numbers, kinds and days, what else there is, and where to see the rest after signing in."""
    parts = [translate(N_("Buenos días, %(name)s:"), name=told.name)]
    for pile, title in PILES:
        cases: tuple[Case, ...] = getattr(told.digest, pile)
        if cases:
            parts.append("\n".join([f"{translate(title)}:", *(f"- {line_of(case)}" for case in cases)]))
    if told.digest.reserved:
        parts.append(translate(N_("Además, lo reservado que está a su nombre pide atención.")))
    parts += ["\n".join([f"{pile.title}:", *(f"- {line}" for line in pile.lines)]) for pile in piles]
    parts.append(f"{current_app.config['PUBLIC_URL']}/home")
    return "\n\n".join(parts)


def line_of(case: Case) -> str:
    """«2026-E-000123, queja: vence hoy, 15 de diciembre»"""
    if case.state is State.LAPSED:
        return translate(N_("%(number)s: no la completaron; se puede archivar"), number=case.number)
    line = f"{case.number}, {kind_text(Kind(case.kind))}: {state_text(case.state)}, {day_text(case.due)}"
    without = translate(N_("sin borrador"))
    return f"{line} ({without})" if case.late_draft else line


@click.command("remind")
def remind_now() -> None:
    """Escribe los recordatorios de hoy que falten; repetirla no escribe a nadie dos veces."""
    click.echo(f"Recordatorios escritos: {remind()}.")


def register(app: Flask) -> None:
    from core.web.petition_commands import petitions

    petitions.add_command(remind_now)
    app.extensions["mail"].besides.append(go_round)

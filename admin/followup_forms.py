"""The forms of the follow-up: what is reported, what is said of it, and by which act it is opened again."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired, Optional

from admin.plan_forms import Amount
from core.files.kinds import EVIDENCE
from core.plan.cutoffs import Rhythm
from core.plan.followup.actions import LONGEST_ACT
from core.plan.followup.faults import LONGEST, Draft, faults
from core.plan.followup.model import Report
from core.plan.followup.names import FAULTS, RHYTHMS
from core.plan.followup.standing import Verdict
from core.web.forms import PressForm, Prose, Text, is_link
from core.web.uploads import Files
from core.web.words import translate

_TALL = {"rows": 3, "spellcheck": "true", "lang": "es"}
_SAID = InputRequired(_l("Escriba este dato: queda en el seguimiento."))


class ReportForm(PressForm):
    """`seen`: the number of the version that it replaces, so that nobody writes over what they have not read."""

    several = frozenset({"keep"})

    seen = HiddenField()
    nothing_new = BooleanField(_l("Sin novedad en este corte"))
    value = Amount(
        _l("Cuánto se hizo"),
        most=20,
        description=_l("En este corte, según el indicador. Un número como 3 o 12,5."),
    )
    done = Prose(_l("Qué se hizo"), most=LONGEST, render_kw=_TALL)
    difficulties = Prose(_l("Dificultades"), [Optional()], most=LONGEST, render_kw=_TALL)
    keep = SelectMultipleField(_l("Lo que ya lo mostraba"), [Optional()], validate_choice=False)
    link = Text(
        _l("Dirección en la web"), [Optional(), is_link], most=500, description=_l("Si lo que lo muestra está allí.")
    )
    files = Files(_l("Archivos que lo muestran"), EVIDENCE)
    public = BooleanField(_l("Cualquiera puede ver estos archivos en el portal"))
    reason = Prose(_l("Por qué se cambia el reporte"), most=LONGEST, render_kw=_TALL)

    def validate(self, extra_validators: Any = None) -> bool:
        """Also what the report lacks, all of it at once."""
        good = super().validate(extra_validators)
        for fault in faults(self.draft()):
            if fault.field in self and not self[fault.field].errors:
                self[fault.field].errors = [translate(FAULTS[fault.why], **fault.values)]
                good = False
        return good

    def draft(self) -> Draft:
        return Draft(
            done=self.done.data or "",
            difficulties=self.difficulties.data or "",
            reason=self.reason.data or "" if self.reason else "",
            value=self.value.data if self.value else None,
            nothing_new=self.nothing_new.data,
            measured=self.value is None,
            again=self.reason is not None,
            shown=bool(self.files.waiting or self.link.data or (self.keep and self.keep.data)),
        )


class JudgeForm(PressForm):
    """`report`: the version that was read; `seen`: the number of the verdict that it corrects."""

    report = HiddenField()
    seen = HiddenField()
    verdict = RadioField(
        _l("¿Está de acuerdo con lo reportado?"),
        [InputRequired(_l("Elija una de las tres."))],
        choices=[
            SelectChoice(Verdict.AGREES.value, _l("Conforme")),
            SelectChoice(Verdict.DISAGREES.value, _l("No conforme: queda con la observación")),
            SelectChoice(Verdict.SENT_BACK.value, _l("Devolver para que lo corrijan")),
        ],
    )
    seen_evidence = BooleanField(_l("Vi lo que lo muestra"))
    observation = Prose(
        _l("Observación"),
        [Optional()],
        most=LONGEST,
        description=_l("Hace falta si no es conforme o si se devuelve."),
        render_kw=_TALL,
    )


class PublishForm(PressForm):
    as_it_is = BooleanField(_l("Publicar así, con lo que falta"))


class ReopenForm(PressForm):
    reason = Prose(_l("Por qué se abre otra vez"), [_SAID], most=LONGEST, render_kw=_TALL)
    act = Text(_l("Acto que lo ordena"), [_SAID], most=LONGEST_ACT, description=_l("Por ejemplo, «Acta 7 del comité»."))


class RhythmForm(PressForm):
    rhythm = RadioField(
        _l("Cada cuánto se hace seguimiento"),
        [InputRequired(_l("Elija una de las dos."))],
        choices=[SelectChoice(one.value, _l(name)) for one, name in RHYTHMS.items()],
    )
    act = Text(_l("Acto que lo ordena"), most=LONGEST_ACT, description=_l("Por ejemplo, «Acta 7 del comité»."))


def report_form(last: Report | None, *, measured: bool, fresh: bool = False) -> ReportForm:
    """Begins as the last version; what is measured is not asked for."""
    begins: dict[str, Any] = {"seen": "0"}
    if last is not None:
        begins = {"seen": str(last.number), "done": last.done, "difficulties": last.difficulties}
        begins |= {"keep": [str(one.id) for one in last.evidence]}
    form = ReportForm(data=begins, **_as_drawn(fresh=fresh))
    form.keep.choices = [SelectChoice(str(one.id), one.label or one.link) for one in (last.evidence if last else ())]
    if measured:
        del form.value
    else:
        form.files.description = _l("Hace falta un archivo o una dirección, salvo que no haya novedad.")
        form.files.flags.optional = form.link.flags.optional = False
    if last is None:
        del form.reason
    if not form.keep.choices:
        del form.keep
    return form


def judge_form(last: Report, *, fresh: bool = False) -> JudgeForm:
    begins = {"report": str(last.id), "seen": str(len(last.verdicts))}
    form = JudgeForm(data=begins, **_as_drawn(fresh=fresh))
    if not last.evidence:
        del form.seen_evidence
    return form


def rhythm_form(rhythm: Rhythm, *, fresh: bool = False) -> RhythmForm:
    return RhythmForm(data={"rhythm": rhythm.value}, **_as_drawn(fresh=fresh))


def _as_drawn(*, fresh: bool) -> dict[str, Any]:
    """With what a form is made that another one of its page was sent for."""
    return {"formdata": None} if fresh else {}

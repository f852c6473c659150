"""The small forms by which a protocol is approved, sent back or withdrawn."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import DataRequired, InputRequired, Regexp

from core.protocols.actions import Approval
from core.protocols.actions.approving import LONGEST_ACT, MOST_DAYS
from core.protocols.actions.writing import LONGEST_REASON
from core.web.forms import Form, OneDay, Prose, Text, Whole


class ApproveForm(Form):
    """What the approval says; `seen` is the saving that the page shows."""

    seen = HiddenField(validators=[Regexp(r"^[0-9]{1,9}$")])
    act = Text(
        _l("Acto que lo aprueba"),
        [DataRequired(_l("Escriba el acto que lo aprueba."))],
        most=LONGEST_ACT,
        description=_l("Por ejemplo: Resolución 012 de 2027."),
    )
    valid_from = OneDay(
        _l("Rige desde"),
        [InputRequired(_l("Escriba desde qué día rige."))],
        description=_l("Hoy o un día que venga. La versión anterior rige hasta entonces."),
    )
    days_to_read = Whole(
        _l("Días hábiles para leerlo"),
        [InputRequired(_l("Escriba cuántos días hábiles."))],
        least=1,
        most=MOST_DAYS,
        default=5,
        description=_l("Se cuentan desde el día en que rige."),
    )

    def approval(self) -> Approval:
        return Approval(act=self.act.data, valid_from=self.valid_from.data, days_to_read=self.days_to_read.data)


class BackForm(Form):
    reason = Prose(
        _l("¿Qué debe cambiar?"),
        [DataRequired(_l("Escriba qué debe cambiar: lo lee quien lo escribió."))],
        most=LONGEST_REASON,
    )


class WithdrawForm(Form):
    reason = Prose(
        _l("¿Por qué se retira?"),
        [DataRequired(_l("Escriba por qué se retira."))],
        most=LONGEST_REASON,
        description=_l("Deja de regir hoy: no se ve en la ventanilla ni en el portal, y no se le pide a nadie leerlo."),
    )

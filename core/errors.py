"""What the office answers instead of doing what was asked: refusals with a sentence for the person."""

from __future__ import annotations


def N_(text: str) -> str:
    """Mark a Spanish sentence for the translation catalogue; it is translated where it is shown."""
    return text


class Refused(Exception):
    """The request is understood and cannot be done; `message` says why and what to do, in Spanish.

    `status` is the HTTP status by which a web face answers. `values` fill the placeholders of the
    message (``%(name)s``), so that the sentence can be translated before it is filled.
    """

    status = 409
    message = N_("No se puede hacer ahora.")

    def __init__(self, message: str | None = None, **values: object) -> None:
        self.message = message or type(self).message
        self.values = values
        super().__init__(self.message % values if values else self.message)


class Invalid(Refused):
    """What was sent does not say what it must say; `field` names the part to mend."""

    status = 422
    message = N_("Revise los datos enviados.")

    def __init__(self, message: str | None = None, *, field: str | None = None, **values: object) -> None:
        super().__init__(message, **values)
        self.field = field


class Missing(Refused):
    """The thing does not exist, or it is not for the person who asks: the answer is the same."""

    status = 404
    message = N_("No encontramos lo que busca. Revise la dirección o vuelva al inicio.")


class Forbidden(Refused):
    """The person is known and has no right to do this."""

    status = 403
    message = N_("Su cuenta no tiene permiso para esto. Pídalo a quien administra el sistema.")


class TooMany(Refused):
    """The same source asks more often than a person would; `retry_after` is in seconds."""

    status = 429
    message = N_("Son demasiados intentos seguidos. Espere un momento y vuelva a intentar.")

    def __init__(self, message: str | None = None, *, retry_after: int = 60, **values: object) -> None:
        super().__init__(message, **values)
        self.retry_after = retry_after


class NoSpace(Refused):
    """The disk of the database is full: nothing is kept, and what was kept can still be read."""

    status = 503
    message = N_("No hay espacio en el equipo para guardar. Avise a sistemas. Lo ya guardado sigue valiendo.")

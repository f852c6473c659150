"""Why a file is not taken, each reason with its own sentence: what is wrong with it and what to do instead."""

from __future__ import annotations

from core.errors import N_, Invalid, Missing, Refused


class NotTaken(Invalid):
    """A file that is not kept; `label` is how its sender calls it."""

    message = N_("No pudimos recibir el archivo.")

    def __init__(self, **values: object) -> None:
        super().__init__(None, field=None, **values)


class Empty(NotTaken):
    message = N_("Está vacío. Ábralo en su equipo y, si tiene contenido, guárdelo de nuevo.")


class TooLarge(NotTaken):
    message = N_("Pesa más de %(most)s MB. Envíelo más liviano o en partes.")


class TooManyFiles(NotTaken):
    message = N_("Son más de %(most)s archivos. Deje los más importantes o júntelos en un PDF.")


class TooLargeTogether(NotTaken):
    message = N_("Todos juntos pesan más de %(most)s MB. Quite alguno o envíelos más livianos.")


class NoName(NotTaken):
    message = N_("No tiene nombre. Póngale uno en su equipo y vuelva a elegirlo.")


class KindNotTaken(NotTaken):
    message = N_("Aquí se reciben %(kinds)s. Guárdelo en uno de esos formatos.")


class NotWhatItSays(NotTaken):
    message = N_("Por dentro no es lo que dice su nombre. Guárdelo de nuevo desde el programa con que lo hizo.")


class Broken(NotTaken):
    message = N_("Está dañado o incompleto y no se puede leer. Guárdelo de nuevo y vuelva a elegirlo.")


class Locked(NotTaken):
    message = N_("Está protegido con contraseña. Guárdelo sin contraseña y vuelva a elegirlo.")


class HasMacros(NotTaken):
    message = N_("Trae macros, que son programas. Guárdelo sin macros o como PDF.")


class ActivePdf(NotTaken):
    message = N_("El PDF trae programas u otros archivos adentro. Imprímalo como PDF y envíe esa copia.")


class HasFilesInside(NotTaken):
    message = N_("Trae otro archivo adentro. Guárdelo como PDF, o envíe los archivos por separado.")


class PointsOutside(NotTaken):
    message = N_("Trae partes que se cargan de otro lugar. Rompa esos vínculos o guárdelo como PDF.")


class TooMuchInside(NotTaken):
    message = N_("Al abrirlo ocupa demasiado. Quite lo que sobra o guárdelo como PDF.")


class UnsafeInside(NotTaken):
    message = N_("Está armado de una forma que no es segura. Guárdelo de nuevo desde el programa con que lo hizo.")


class ImageTooLarge(NotTaken):
    message = N_("La imagen mide %(width)s × %(height)s puntos y es demasiado grande. Guárdela más pequeña.")


class ImageMoves(NotTaken):
    message = N_("Es una imagen animada. Envíe una imagen fija o un video MP4.")


class HasFormulas(NotTaken):
    message = N_("En la fila %(row)s hay una fórmula. Un CSV solo lleva datos: guarde los valores.")


class NotText(NotTaken):
    message = N_("No es un CSV que se pueda leer. Guárdelo como «CSV UTF-8».")


class Infected(NotTaken):
    message = N_("El antivirus encontró un programa dañino adentro. Revise su equipo; no lo envíe por otro medio.")


class CannotRead(NotTaken):
    message = N_("No pudimos leerlo en un tiempo razonable. Imprímalo como PDF y envíe esa copia.")


class Damaged(Refused):
    """What lies on the disk is not what was kept: it is not served, and somebody has to look."""

    status = 503
    message = N_("Este archivo se dañó en nuestro equipo y no se entrega. Ya quedó avisado a sistemas.")


class Quarantined(Refused):
    message = N_("El antivirus encontró un programa dañino en este archivo y no se entrega.")


class WrongKey(Refused):
    message = N_("Este archivo está cifrado y no se puede abrir con esa clave.")


class NotAside(Missing):
    """What was put aside for a form is not there any more."""

    message = N_("Los archivos que había adjuntado ya vencieron. Vuelva a elegirlos.")

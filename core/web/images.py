"""An image as an answer: a browser takes it for an image and for nothing else."""

from __future__ import annotations

import mimetypes

from flask import Response

from core.catalogue.model import Picture

KEPT_FOR_S = 86_400
ALONE = "default-src 'none'; frame-ancestors 'none'; sandbox"


def image(picture: Picture) -> Response:
    """The bytes with their own kind; even opened by itself it runs nothing."""
    answer = Response(picture.content, mimetype=picture.media)
    answer.headers["Content-Security-Policy"] = ALONE
    ending = mimetypes.guess_extension(picture.media) or ""
    answer.headers["Content-Disposition"] = f'inline; filename="imagen{ending}"'
    answer.headers["Cache-Control"] = f"private, max-age={KEPT_FOR_S}, immutable"
    return answer

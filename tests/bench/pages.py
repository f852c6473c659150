"""What the first load of a page weighs: the page and all that it links to, compressed, with its letters."""

from __future__ import annotations

import gzip
import re
from urllib.parse import urljoin, urlsplit

from tests.bench.load import Line

IN_HTML = re.compile(r"\"((?:/[\w.-]+)+\.(?:css|js|svg|png|woff2)(?:\?v=\w+)?)[#\"]")
IN_CSS = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)")
IN_JS = re.compile(r"\b(?:import|from)\s*[\"']([^\"']+)[\"']")
LINKS = {"html": IN_HTML, "css": IN_CSS, "javascript": IN_JS}
ALREADY_SMALL = (".woff2", ".png", ".wav")


def first_load(line: Line, path: str, cookie: str = "") -> dict[str, int]:
    """Bytes on the wire of everything that a browser fetches to show the page, by path; all its letters count."""
    weights: dict[str, int] = {}
    left = [path]
    while left:
        wanted = left.pop()
        if wanted in weights or wanted.startswith("data:"):
            continue
        answer = line.get(wanted, cookie)
        if answer.status != 200:
            raise RuntimeError(f"{wanted}: {answer.status}")
        small = urlsplit(wanted).path.endswith(ALREADY_SMALL)
        weights[wanted] = len(answer.body if small else gzip.compress(answer.body))
        if not small:
            left += [urljoin(wanted, link) for link in _links(answer.body.decode(), answer.headers["content-type"])]
    return weights


def _links(text: str, kind: str) -> list[str]:
    pattern = next((pattern for name, pattern in LINKS.items() if name in kind), None)
    return pattern.findall(text) if pattern else []

"""Run by itself with little memory and time (core/files/pdf.py): says what is wrong with a PDF, or writes it bare.

Source: ISO 32000-2, 7.7 (structure), 12.6 (actions), 7.11.4 (embedded files), 14.3 (metadata).
"""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from core.files import images
from core.files.refusals import ActivePdf, Broken, Locked, NotTaken, TooMuchInside

MEMORY, PROCESSOR_S, MOST_OBJECTS = 300 * 2**20, 20, 200_000

_ACTIVE = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/RichMedia", "/XFA", "/AF"}
_ACTS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition", "/RichMediaExecute"}
_ABOUT = ("/Metadata", "/PieceInfo", "/LastModified")
_OF_A_NOTE = ("/T", "/M", "/CreationDate", "/RC", "/NM")
_NOT_READ = (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError)


def check(path: Path) -> None:
    """Read every object. Raises NotTaken."""
    with path.open("rb") as file:
        reader = _reader(file)
        if not len(reader.pages):
            raise Broken
        for found in _objects(reader):
            _check(found)


def bare(path: Path, to: Path) -> None:
    """Write what the pages need and nothing else: no author, no program, no earlier revisions."""
    with path.open("rb") as file:
        writer = PdfWriter(clone_from=_reader(file))
        writer.metadata = None
        for found in writer._objects:
            _strip(found)
        writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
        with to.open("wb") as out:
            writer.write(out)


def _reader(file: Any) -> PdfReader:
    reader = PdfReader(file)
    if reader.is_encrypted:
        raise Locked
    return reader


def _objects(reader: PdfReader) -> Iterator[Any]:
    """Every object that the file lists, also those of its compressed streams."""
    numbers = {(number, generation) for generation, found in reader.xref.items() for number in found}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        raise TooMuchInside
    yield reader.trailer
    for number, generation in sorted(numbers):
        if number:
            yield reader.get_object(IndirectObject(number, generation, reader))


def _check(found: Any) -> None:
    """What is written in an object; those to which it points have their own turn."""
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, DictionaryObject):
            if _ACTIVE & set(one) or _said(one, "/S") in _ACTS or _said(one, "/Type") == "/EmbeddedFile":
                raise ActivePdf
            waiting += [value for value in dict.values(one) if not isinstance(value, IndirectObject)]
        elif isinstance(one, ArrayObject):
            waiting += [value for value in list.__iter__(one) if not isinstance(value, IndirectObject)]


def _said(one: DictionaryObject, name: str) -> Any:
    """What is written under a name, also when it lies elsewhere; only a word is of interest."""
    value = one.get(name)
    value = value.get_object() if isinstance(value, IndirectObject) else value
    return value if isinstance(value, str) else None


def _strip(found: Any) -> None:
    if not isinstance(found, DictionaryObject):
        return
    for name in _ABOUT:
        found.pop(name, None)
    if found.get("/Type") == "/Annot" or "/Rect" in found:
        for name in _OF_A_NOTE if found.get("/Subtype") != "/Widget" else ("/M",):
            found.pop(name, None)
    if isinstance(found, StreamObject) and found.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
        found._data = images.jpeg(found._data, bare=True)


def main(paths: list[str]) -> None:
    """Prints the name of the refusal, or nothing. If the machine runs out of memory, this process goes first."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    logging.disable()
    try:
        (bare if len(paths) > 1 else check)(*map(Path, paths))
    except NotTaken as refused:
        print(type(refused).__name__)
    except _NOT_READ:
        print(Broken.__name__)


if __name__ == "__main__":
    main(sys.argv[1:])

"""A store of files in a folder of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.files.actions import Store
from core.files.antivirus import Antivirus
from core.files.folder import Folder


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(Folder(tmp_path / "files"), Antivirus())

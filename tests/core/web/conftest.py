"""An application that has no database, for what must work without one."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.conftest import settings_for
from wsgi import create_app


@pytest.fixture(scope="package")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application on a machine without a database."""
    folder = tmp_path_factory.mktemp("bare")
    return create_app(settings_for(f"sqlite:///{folder / 'absent.sqlite3'}", folder))

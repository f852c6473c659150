"""What tests of turns share."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session


@pytest.fixture
def session(town: Session) -> Session:
    """A session over a town hall that is gone when the test ends, on each database."""
    return town

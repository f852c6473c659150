"""A town hall that has written no protocol yet, for tests that write their own."""

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.protocols.model import Protocol, ProtocolVersion


@pytest.fixture
def session(session: Session) -> Session:
    """Without those of the first content, which `town` has."""
    session.execute(delete(ProtocolVersion))
    session.execute(delete(Protocol))
    session.commit()
    return session

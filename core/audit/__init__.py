"""The audit trail: who did what to which thing, when and why, in a chain of rows that cannot be mended unseen."""

from core.audit.actions import digest, record, seal, seal_with, through
from core.audit.vocabulary import Act, On, Result, Thing

__all__ = ["Act", "On", "Result", "Thing", "digest", "record", "seal", "seal_with", "through"]

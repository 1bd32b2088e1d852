"""Reads: pages of the log, newest first, and the history of one thing."""

from typing import Any

from django.db.models import Q, QuerySet

from hansa.domain.audit.models import AuditEntry
from hansa.domain.audit.types import EntryQuery

MAX_PAGE = 200
EVERYTHING = EntryQuery()


def get_entries(wanted: EntryQuery = EVERYTHING, *, before_seq: int | None = None, limit: int = 50) -> list[AuditEntry]:
    """Return at most `limit` (MAX_PAGE) entries, newest first; the next page is before the last one's `seq`.

    An entry's number never changes, so a page never shifts.
    """
    conditions: dict[str, Any] = {
        "seq__lt": before_seq,
        "actor_id": wanted.actor_id,
        "action": wanted.action,
        "object_type": wanted.object_type,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    entries = AuditEntry.objects.filter(**{name: value for name, value in conditions.items() if value is not None})
    if wanted.object_id is not None:
        entries = entries.filter(about(wanted.object_id))
    return list(entries.order_by("-seq")[: min(limit, MAX_PAGE)])


def history_of(object_id: object) -> QuerySet[AuditEntry]:
    """Return the entries of one thing and of its parts, newest first."""
    return AuditEntry.objects.filter(about(str(object_id))).order_by("-seq")


def about(object_id: str) -> Q:
    """Return the condition that an entry is about a thing or a part of it."""
    return Q(object_id=object_id) | Q(parent_id=object_id)

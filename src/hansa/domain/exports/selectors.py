"""Reads: which exports somebody may know of."""

from uuid import UUID

from django.db.models import QuerySet

from hansa.domain.exports.errors import ExportNotFound, FeedNotFound
from hansa.domain.exports.models import Export, Feed, Kind
from hansa.domain.exports.types import CAPABILITY_OF
from hansa.domain.staff.types import Authority


def kinds_for(by: Authority) -> list[Kind]:
    """Return the kinds of things that somebody may see, and so export."""
    return [kind for kind in Kind if by.may(CAPABILITY_OF[kind])]


def within_sight(exports: QuerySet[Export], by: Authority) -> QuerySet[Export]:
    """Return those of the exports whose contents somebody may see."""
    return exports.filter(kind__in=kinds_for(by))


def get_export(export_id: UUID, *, by: Authority) -> Export:
    """Return the export. Raises ExportNotFound, also when it holds what somebody may not see."""
    found = within_sight(Export.objects.all(), by).filter(pk=export_id).first()
    if found is None:
        message = "There is no such export."
        raise ExportNotFound(message)
    return found


def get_feed(language: str) -> Feed:
    """Return the feed that is on and was written. Raises FeedNotFound."""
    found = Feed.objects.filter(language=language).exclude(file_name="").first()
    if found is None:
        message = "There is no such feed."
        raise FeedNotFound(message)
    return found

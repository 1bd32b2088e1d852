"""Switch a feed on and off."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction as django_transaction

from hansa.domain.exports.errors import FeedNotFound, InvalidFeed
from hansa.domain.exports.models import MAX_BACKORDER_DAYS, MAX_FEEDS, Feed, FeedStatus
from hansa.domain.exports.services.files import private_storage
from hansa.kernel.errors import FieldError
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.transactions import transaction


def switch_feed_on(*, language: str, now: datetime, backorder_days: int | None = None) -> Feed:
    """Let the feed of this language be written now, and each hour from now on; one that is on is written again.

    It says of what is sold before it is here that it will be in `backorder_days`; None: as many as before, at first
    BACKORDER_DAYS. Raises InvalidFeed.
    """
    changes = {} if backorder_days is None else {"backorder_days": backorder_days}
    if backorder_days is not None and not 1 <= backorder_days <= MAX_BACKORDER_DAYS:
        message = f"Back-ordered goods arrive within 1 to {MAX_BACKORDER_DAYS} days."
        raise InvalidFeed(message, errors=(FieldError("backorder_days", "out_of_range", message),))
    with transaction():
        feed, is_new = Feed.objects.update_or_create(language=language, defaults=changes)
        if is_new and Feed.objects.count() > MAX_FEEDS:
            message = f"A shop has feeds in at most {MAX_FEEDS} languages, those that are off included."
            raise InvalidFeed(message, errors=(FieldError("language", "too_many", message),))
        Feed.objects.filter(pk=feed.pk).exclude(status=FeedStatus.RUNNING).update(
            status=FeedStatus.PENDING, available_at=now, failures=0, last_error="", updated_at=now
        )
        feed.refresh_from_db()
        wake_workers()
    return feed


def switch_feed_off(*, feed_id: UUID, now: datetime) -> Feed:
    """Take the feed off the net, and its file away. Raises FeedNotFound."""
    with transaction():
        feed = Feed.objects.select_for_update().filter(pk=feed_id).first()
        if feed is None:
            message = "There is no such feed."
            raise FeedNotFound(message)
        if feed.file_name:
            django_transaction.on_commit(partial(private_storage().delete, feed.file_name), robust=True)
        off = {"status": FeedStatus.OFF, "file_name": "", "file_sha256": "", "written_at": None, "updated_at": now}
        Feed.objects.filter(pk=feed.pk).update(**off)
        feed.refresh_from_db()
    return feed

"""Switch a feed on and off."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction as django_transaction

from hansa.domain.exports.errors import FeedNotFound
from hansa.domain.exports.models import Feed, FeedStatus
from hansa.domain.exports.services.files import private_storage
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.transactions import transaction


def switch_feed_on(*, language: str, now: datetime) -> Feed:
    """Let the feed of this language be written now, and each hour from now on; one that is on is written again."""
    with transaction():
        feed, _ = Feed.objects.get_or_create(language=language)
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

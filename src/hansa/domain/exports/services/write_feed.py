"""Write a feed's file each hour, in the background: whoever fetches it costs no query of products."""

import hashlib
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction as django_transaction

from hansa.domain.exports.formats.merchant import CLOSING, items, opening
from hansa.domain.exports.models import Feed, FeedStatus
from hansa.domain.exports.rows.feed import published_products
from hansa.domain.exports.rows.shelves import Shelves
from hansa.domain.exports.services.files import keep_file, private_storage
from hansa.domain.tenants.selectors import get_shop_address
from hansa.domain.work.errors import JobLost
from hansa.domain.work.registry import HeldJob
from hansa.domain.work.services.jobs import extend_lease
from hansa.kernel import clock
from hansa.kernel.postgresql.streaming import streaming
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction

EVERY = timedelta(hours=1)
_LEASE_EVERY = 1000
"""Products between two signs of life."""


def write_feed(held: HeldJob) -> None:
    """Write the feed and put it in place of the last one; then let it wait for an hour. Raises JobLost.

    One that somebody has changed meanwhile is written again at once.
    """
    with transaction():
        feed = Feed.objects.get(pk=held.id)
        address = get_shop_address().rstrip("/")
    with TemporaryDirectory(prefix="hansa-feed-") as directory:
        path = Path(directory) / "feed.xml"
        number = _write(path, address, feed, held)
        with path.open("rb") as written:
            sha256 = hashlib.file_digest(written, "sha256").hexdigest()
        if sha256 != feed.file_sha256:
            _replace(feed, path, sha256, number, held)
    now = clock.now()
    with transaction():
        extend_lease(held, now=now)
        is_changed = Feed.objects.get(pk=held.id).backorder_days != feed.backorder_days
        waiting = {"available_at": now if is_changed else now + EVERY, "failures": 0, "last_error": ""}
        Feed.objects.filter(pk=held.id).update(status=FeedStatus.PENDING, **waiting)


def _write(path: Path, address: str, feed: Feed, held: HeldJob) -> int:
    """Write the file; returns how many items are in it."""
    number, arrive = 0, (clock.now() + timedelta(days=feed.backorder_days)).date()
    with streaming() as stream, path.open("w", encoding="utf-8") as file:
        shelves = Shelves(stream)
        file.write(opening(shop_name=get_current_tenant().name, address=address, language=feed.language))
        for place, (category_id, product) in enumerate(published_products(stream), start=1):
            categories = shelves.path(category_id)
            for item in items(product, address=address, path=categories, backorders_arrive=arrive):
                file.write(item)
                number += 1
            if place % _LEASE_EVERY == 0:
                extend_lease(held, now=clock.now())
        file.write(CLOSING)
    return number


def _replace(feed: Feed, path: Path, sha256: str, number: int, held: HeldJob) -> None:
    name = f"{get_current_tenant().id}/feeds/{feed.pk}-{sha256[:16]}.xml"
    keep_file(path, name)
    now = clock.now()
    try:
        with transaction():
            extend_lease(held, now=now)
            changes = {"file_name": name, "file_sha256": sha256, "items": number, "written_at": now}
            Feed.objects.filter(pk=feed.pk).update(**changes)
            if feed.file_name and feed.file_name != name:
                django_transaction.on_commit(partial(private_storage().delete, feed.file_name), robust=True)
    except JobLost:
        private_storage().delete(name)  # it was switched off meanwhile
        raise

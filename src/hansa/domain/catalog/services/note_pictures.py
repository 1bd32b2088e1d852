"""Note the pictures that products name by a URL elsewhere, so that the worker fetches them."""

from urllib.parse import urlsplit

from hansa.domain.catalog.models import Picture, ProductImage
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.transactions import transaction

BATCH = 1000


def note_pictures() -> int:
    """Note each URL once; returns how many are new. May be repeated at any time."""
    with transaction():
        known = Picture.objects.values("url")
        elsewhere = ProductImage.objects.filter(url__startswith="http").exclude(url__in=known)
        urls = elsewhere.order_by("url").values_list("url", flat=True).distinct()
        number, batch = 0, []
        for url in urls.iterator(chunk_size=BATCH):
            batch.append(Picture(url=url, host=_host(url)))
            if len(batch) == BATCH:
                number += len(Picture.objects.bulk_create(batch, ignore_conflicts=True))
                batch = []
        number += len(Picture.objects.bulk_create(batch, ignore_conflicts=True))
        if number:
            wake_workers()
    return number


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "")[:253]
    except ValueError:
        return ""

"""Forget fetched pictures that no product shows any more, and delete their files."""

from datetime import datetime, timedelta
from functools import partial

from django.core.files.storage import Storage, default_storage, storages
from django.db import transaction as django_transaction
from django.db.models import Exists, OuterRef

from hansa.domain.catalog.models import Picture, ProductImage
from hansa.kernel.transactions import transaction

LOOKED_AT_EVERY = timedelta(days=1)
BATCH = 500


def sweep_pictures(*, now: datetime) -> int:
    """Look at pictures that nobody looked at for a day, at most BATCH; returns how many went.

    Locks them. Two pictures of the same content share their files, which go with the last one.
    """
    with transaction():
        due = Picture.objects.select_for_update(skip_locked=True).filter(looked_at__lte=now - LOOKED_AT_EVERY)
        pictures = list(due.order_by("looked_at")[:BATCH])
        ids = [picture.pk for picture in pictures]
        shown = ProductImage.objects.filter(url=OuterRef("url"))
        unused = set(Picture.objects.filter(~Exists(shown), pk__in=ids).values_list("pk", flat=True))
        Picture.objects.filter(pk__in=[pk for pk in ids if pk not in unused]).update(looked_at=now)
        Picture.objects.filter(pk__in=unused).delete()
        gone = [picture for picture in pictures if picture.pk in unused and picture.sha256]
        shared = set(Picture.objects.filter(sha256__in=[p.sha256 for p in gone]).values_list("sha256", flat=True))
        for picture in gone:
            if picture.sha256 not in shared:
                _drop(storages["private"], picture.original)
                for name in picture.files:
                    _drop(default_storage, name)
    return len(unused)


def _drop(storage: Storage, name: str) -> None:
    django_transaction.on_commit(partial(storage.delete, name), robust=True)

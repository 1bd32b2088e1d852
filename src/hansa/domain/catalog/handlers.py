"""What the catalogue does about events, and again and again."""

from datetime import datetime

from django.conf import settings

from hansa.domain.catalog.services.fold_changes import fold_changes
from hansa.domain.catalog.services.note_pictures import note_pictures
from hansa.domain.catalog.services.sweep_pictures import sweep_pictures
from hansa.domain.events.registry import handles
from hansa.domain.events.types import HappenedEvent
from hansa.domain.work.registry import duty


@handles("import.finished")
def fetch_imported_pictures(event: HappenedEvent) -> None:  # noqa: ARG001  (it says only that there may be some)
    """Note the pictures that the file named, unless the installation leaves them where they are."""
    if settings.FETCH_PICTURES:
        note_pictures()


@duty(due="catalog_picture_unseen_due")
def forget_unused_pictures(now: datetime) -> None:
    """Forget pictures that no product shows any more."""
    sweep_pictures(now=now)


@duty(due="catalog_cataloguechange_due")
def fold_what_changed(now: datetime) -> None:  # noqa: ARG001  (every duty is told the time)
    """Keep the number of rows small that tell how new the catalogue is."""
    fold_changes()

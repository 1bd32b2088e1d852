"""The work of the catalogue."""

from datetime import timedelta

from hansa.domain.catalog.models import Picture
from hansa.domain.catalog.services.fetch_picture import fetch_picture
from hansa.domain.work.registry import HeldJob, job
from hansa.domain.work.types import Queue


@job(Picture, queue=Queue.NET, lease=timedelta(seconds=45))
def fetch(held: HeldJob) -> None:
    """Fetch a picture from where a product says that it is."""
    fetch_picture(held)

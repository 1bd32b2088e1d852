"""The work of exports."""

from hansa.domain.exports.models import Export, Feed
from hansa.domain.exports.services.write_export import write_export
from hansa.domain.exports.services.write_feed import write_feed as write_one_feed
from hansa.domain.work.registry import HeldJob, job
from hansa.domain.work.types import Queue


@job(Export, queue=Queue.BULK)
def write(held: HeldJob) -> None:
    """Write the export's file."""
    write_export(held)


@job(Feed, queue=Queue.BULK)
def write_feed(held: HeldJob) -> None:
    """Write the feed's file."""
    write_one_feed(held)

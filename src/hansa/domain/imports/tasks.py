"""Imports as background work."""

from hansa.domain.imports.models import ImportRun
from hansa.domain.imports.services.run_import import run_import
from hansa.domain.work.registry import HeldJob, job
from hansa.domain.work.types import Queue


@job(ImportRun, queue=Queue.BULK)
def import_upload(held: HeldJob) -> None:
    """Import a file that a merchant sent."""
    run_import(held)

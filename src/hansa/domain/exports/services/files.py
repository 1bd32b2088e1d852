"""Where the files lie: a storage that no address leads to; each tenant has a directory in it."""

from pathlib import Path
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from hansa.kernel.tenancy import get_current_tenant


def private_storage() -> Storage:
    """Return the storage of what only some may read."""
    return storages["private"]


def file_name(export_id: UUID, attempt: int, extension: str) -> str:
    """Return the name under which one attempt at an export keeps its file."""
    return f"{get_current_tenant().id}/exports/{export_id}-{attempt}.{extension}"


def keep_file(path: Path, name: str) -> None:
    """Copy a finished file into the storage, in place of what is there."""
    storage = private_storage()
    storage.delete(name)
    with path.open("rb") as content:
        storage.save(name, File(content))

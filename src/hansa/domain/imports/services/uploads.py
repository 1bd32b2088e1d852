"""Files that merchants sent us: where they lie until they are imported.

Note [Uploads]: a file lies in Django's default storage as `imports/<tenant>/<random>`, a name of ours; the
client's is only shown. Not below `<tenant>/`, which the shop serves to everybody. A storage knows no
transactions: the file is written before its row and goes again unless the row is committed; it is deleted
after the commit that ends the run. A process that dies in between leaves a file that nobody refers to.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from hansa.domain.imports.errors import ImportFileTooLarge
from hansa.kernel.tenancy import get_current_tenant


class StoredUpload(File):  # type: ignore[type-arg]  # of bytes; Django's class takes no parameter at run time
    """An upload on its way into the storage: counted and hashed while it goes by."""

    def __init__(self, upload: "File[bytes]") -> None:
        """Take what the client sends."""
        super().__init__(upload.file, name="upload")
        self._upload = upload
        self._hash = hashlib.sha256()
        self.bytes = 0
        self.stored_as = ""

    @property
    def sha256(self) -> str:
        """The hash of what went by, in hexadecimal."""
        return self._hash.hexdigest()

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Give the file in pieces. Raises ImportFileTooLarge as soon as it is."""
        for piece in self._upload.chunks(chunk_size):
            self.bytes += len(piece)
            if self.bytes > settings.MAX_IMPORT_BYTES:
                megabytes = settings.MAX_IMPORT_BYTES // 1_000_000
                message = f"The file is larger than {megabytes:,} MB. Import it in parts, each with the header."
                raise ImportFileTooLarge(message)
            self._hash.update(piece)
            yield piece


@contextmanager
def stored(upload: "File[bytes]") -> Iterator[StoredUpload]:
    """Stream an upload into the storage; it goes again when the block raises. Raises ImportFileTooLarge.

    The block commits the row that refers to it: Note [Uploads].
    """
    streamed = StoredUpload(upload)
    name = f"imports/{get_current_tenant().id}/{uuid4().hex}"
    try:
        streamed.stored_as = default_storage.save(name, streamed)
        yield streamed
    except BaseException:
        default_storage.delete(streamed.stored_as or name)
        raise


@contextmanager
def local_file(stored_as: str) -> Iterator[Path]:
    """Give the path of an upload on this machine: the stored file itself, or a copy for as long as it is needed.

    Raises FileNotFoundError.
    """
    try:
        path = Path(default_storage.path(stored_as))
    except NotImplementedError:
        with tempfile.TemporaryDirectory(prefix="hansa-import-") as folder:
            path = Path(folder) / "upload"
            with default_storage.open(stored_as) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
            yield path
    else:
        yield path


def drop_after_commit(stored_as: str) -> None:
    """Delete an upload once the open transaction is committed."""
    if stored_as:
        transaction.on_commit(partial(default_storage.delete, stored_as), robust=True)

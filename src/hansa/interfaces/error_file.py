"""The rows of an import that failed, as a file to download."""

import tempfile
from collections.abc import AsyncIterator
from io import TextIOWrapper
from typing import IO

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

from hansa.domain.imports.models import ImportRun
from hansa.domain.imports.services.failures import write_failures

_IN_MEMORY_BYTES = 1_000_000
_AT_ONCE_BYTES = 64 * 1024


class ErrorFileResponse(StreamingHttpResponse):
    """CSV in UTF-8. It is written while the database is there, to a temporary file when it is large, and sent later."""

    def __init__(self, run: ImportRun) -> None:
        """Write the file."""
        file = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115  (it is closed when it is sent)
        text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        write_failures(run.pk, run.header, text)
        text.detach()
        file.seek(0)
        super().__init__(
            _pieces(file),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="import-{run.pk}-errors.csv"',
                "Cache-Control": "no-store",
            },
        )


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await sync_to_async(file.read)(_AT_ONCE_BYTES):
            yield piece

"""Files that are handed out to whoever may have them: saved, never shown, never kept by a cache."""

from asyncio import to_thread
from collections.abc import AsyncIterator
from typing import IO

from django.http import StreamingHttpResponse

_CHUNK_BYTES = 256 * 1024


class Download(StreamingHttpResponse):
    """A file, read and sent piece by piece. Django's own FileResponse would be read into memory whole under ASGI."""

    def __init__(self, file: IO[bytes], *, name: str, media_type: str) -> None:
        """Take the file, which is closed at the end whatever happens, and what the browser is to call it."""
        super().__init__(
            _pieces(file),
            content_type=media_type,
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "default-src 'none'; sandbox",
            },
        )
        self._file = file

    def close(self) -> None:
        """Close the file, also when nobody read it."""
        super().close()
        self._file.close()


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await to_thread(file.read, _CHUNK_BYTES):
            yield piece

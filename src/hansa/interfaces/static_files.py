"""Files of the pages: each has a second name with a fingerprint of its content, which browsers keep for ever.

Django's ManifestStaticFilesStorage does the same from a folder that somebody has to collect first.
Here the name is made from the file where it lies, so that nothing has to be prepared: not for the
demo, not for tests, not after an edit. The plain names stay, for what refers to them: pictures of
the demo, style sheets among themselves.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage, staticfiles_storage
from django.core.files.base import File
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware

_FINGERPRINT_BYTES = 6


@cache
def fingerprinted(name: str) -> str:
    """Return `shop/shop.1f2e3d4c5b6a.css` for `shop/shop.css`; a name that no file has stays as it is."""
    path = finders.find(name)
    if path is None or not Path(path).is_file():
        return name
    digest = hashlib.blake2b(Path(path).read_bytes(), digest_size=_FINGERPRINT_BYTES).hexdigest()
    plain = PurePosixPath(name)
    return str(plain.with_name(f"{plain.stem}.{digest}{plain.suffix}"))


class FingerprintStorage(StaticFilesStorage):
    """Where `{% static %}` leads: to the name with the fingerprint."""

    def url(self, name: str | None) -> str:
        """Return the address; while debugging the plain one, so that an edit shows at once."""
        return super().url(name if name is None or settings.DEBUG else fingerprinted(name))

    def post_process(self, paths: dict[str, Any], *, dry_run: bool = False, **_: object) -> Iterator[Any]:
        """Collect each file under its second name too: `collectstatic` calls this."""
        for name, (storage, path) in paths.items():
            second = fingerprinted(name)
            if not dry_run and not self.exists(second):
                with storage.open(path) as file:
                    self.save(second, File(file))
            yield name, second, True


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise has no types
    """Serves every file under both of its names; whitenoise knows by the storage which one never changes."""

    def add_files_from_finders(self) -> None:
        """Find the files, in the folders of the apps."""
        super().add_files_from_finders()
        for finder in finders.get_finders():
            for path, storage in finder.list(None):
                url = staticfiles_storage.url(path)
                if url not in self.files:
                    self.add_file_to_dictionary(url, storage.path(path))

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:  # noqa: ANN401  (whitenoise has no types)
        """Answer in one piece: the files are small, and Django would need a thread for each to stream them."""
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file as file:
                body = file.read()
        answer = HttpResponse(body, status=int(found.status))
        del answer["content-type"]
        for name, value in found.headers:
            answer[name] = value
        return answer

"""Fetch a picture that a product names by its URL, and keep it: what the worker does with each `Picture`.

Nobody waits for it: until it is done, pages show the picture from where it is. A server that does not answer
is left alone for a while with all the shop's pictures, so that it does not keep the worker from other work.
"""

import hashlib
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urljoin
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage, storages
from django.db import connection

from hansa.domain.catalog.errors import PictureRefused
from hansa.domain.catalog.models import Picture, PictureStatus
from hansa.domain.catalog.services.pictures import MAX_PICTURE_BYTES
from hansa.domain.catalog.services.renditions import decode, render
from hansa.domain.events.services.record import record
from hansa.domain.work.registry import HeldJob
from hansa.domain.work.services.jobs import extend_lease
from hansa.kernel import clock
from hansa.kernel.errors import DomainError
from hansa.kernel.outbound.client import NoAnswer, fetch
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction

TIMEOUT_SECONDS = 8.0
MAX_REDIRECTS = 3
HOST_PAUSE = timedelta(minutes=2)
"""How long a server that did not answer is left alone."""


def fetch_picture(held: HeldJob) -> None:
    """Fetch, render and keep the picture. Event: picture.stored. Raises NoAnswer (tried again), JobLost.

    What no repetition changes, such as an address with no picture, is noted for the merchant: the picture has failed.
    """
    with transaction():
        picture = Picture.objects.get(pk=held.id)
    connection.close()
    try:
        _fetch(picture, held)
    except NoAnswer:
        _leave_host_alone(picture)
        raise
    except DomainError as refusal:
        now = clock.now()
        with transaction():
            extend_lease(held, now=now)
            failed = {"status": PictureStatus.FAILED, "last_error": refusal.message[:2000], "updated_at": now}
            Picture.objects.filter(pk=held.id).update(**failed)


def _fetch(picture: Picture, held: HeldJob) -> None:
    """Fetch, render and keep. Raises PictureRefused, InvalidImage, AddressRefused, AnswerTooLarge, NoAnswer."""
    content = _download(picture.url)
    extend_lease(held, now=clock.now())
    sha256 = hashlib.sha256(content).hexdigest()
    decoded = decode(content)
    original = f"{get_current_tenant().id}/pictures/{sha256}.{decoded.extension}"
    _keep(storages["private"], original, content)
    stem = f"{get_current_tenant().id}/pictures/{sha256[:40]}"
    renditions: list[dict[str, object]] = []
    files: list[str] = []
    for one in render(decoded.image):
        name = f"{stem}-{one.width}.{one.extension}"
        _keep(default_storage, name, one.content)
        files.append(name)
        extend_lease(held, now=clock.now())
        renditions.append(
            {"url": default_storage.url(name), "width": one.width, "height": one.height, "format": one.extension}
        )
    now = clock.now()
    with transaction():
        extend_lease(held, now=now)
        stored = {"sha256": sha256, "original": original, "renditions": renditions, "files": files}
        Picture.objects.filter(pk=held.id).update(**stored)
        payload = {"picture_id": str(held.id), "url": picture.url}
        record("picture.stored", aggregate_id=held.id, payload=payload, now=now)


def retry_pictures(*, picture_ids: list[UUID]) -> int:
    """Let pictures that failed be fetched again; returns how many had failed."""
    now = clock.now()
    with transaction():
        failed = Picture.objects.filter(pk__in=picture_ids, status=PictureStatus.FAILED)
        return failed.update(status=PictureStatus.PENDING, failures=0, available_at=now, updated_at=now)


def _download(url: str) -> bytes:
    """Return what is at an address. Each address that we are sent on to is looked at as the first one was."""
    for _ in range(MAX_REDIRECTS + 1):
        answer = fetch(url, headers={"Accept": "image/*"}, timeout=TIMEOUT_SECONDS, max_bytes=MAX_PICTURE_BYTES)
        if answer.status == HTTPStatus.OK:
            return answer.body
        if answer.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT} or answer.status >= 500:  # noqa: PLR2004
            message = f"The picture's server answered {answer.status}."
            raise NoAnswer(message)
        if not (300 <= answer.status < 400 and answer.headers.get("location")):  # noqa: PLR2004  (redirects)
            message = f"The picture's server answered {answer.status}: there is no picture at this address."
            raise PictureRefused(message)
        url = urljoin(url, answer.headers["location"])
    message = "The picture's server sends us on from one address to the next."
    raise PictureRefused(message)


def _leave_host_alone(picture: Picture) -> None:
    """Let the shop's other pictures from there wait, too."""
    now = clock.now()
    with transaction():
        same = Picture.objects.filter(
            host=picture.host, status=PictureStatus.PENDING, available_at__lt=now + HOST_PAUSE
        )
        same.exclude(pk=picture.pk).update(available_at=now + HOST_PAUSE)


def _keep(storage: Storage, name: str, content: bytes) -> None:
    """Write a file whose name tells its content: one that is there already is the same."""
    if not storage.exists(name):
        storage.save(name, ContentFile(content))

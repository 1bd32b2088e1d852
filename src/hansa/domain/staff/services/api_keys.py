"""Make, rotate and revoke API keys."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from hansa.domain.staff.errors import InvalidKey, KeyOver, MoreThanYouHave, StaffNotFound
from hansa.domain.staff.key_format import make_key, prefix_of, secret_hash
from hansa.domain.staff.models import ApiKey
from hansa.domain.staff.services.roles import check_not_more
from hansa.domain.staff.types import ALL_CAPABILITIES, Authority
from hansa.kernel.errors import FieldError
from hansa.kernel.transactions import transaction

MAX_OVERLAP = timedelta(days=7)
MAX_NAME = 100
USED_EVERY = timedelta(minutes=1)
"""How exact `last_used_at` is: a write for each request would be waste."""


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key, and its secret for the only time."""

    row: ApiKey
    secret: str


def make_api_key(
    *, name: str, scopes: Collection[str], by: Authority, now: datetime, expires_at: datetime | None = None
) -> MadeKey:
    """Make a key with these scopes, which are capabilities; the secret is never shown again.

    Raises InvalidKey, and MoreThanYouHave for a scope that `by` has not.
    """
    name = " ".join(name.split())
    _check(name, scopes, expires_at, now)
    check_not_more(scopes, by=by)
    if not by.user_id.int or by.api_key_id is not None:
        message = "A key is made by a person, in the back office: it can do what that person may do."
        raise MoreThanYouHave(message)
    with transaction():
        return _make(name, scopes, by.user_id, expires_at)


def rotate_api_key(*, key_id: UUID, overlap: timedelta, by: Authority, now: datetime) -> MadeKey:
    """Make a successor of a key, with the same name, scopes and maker; the old key works on for `overlap`.

    A person cannot rotate a key that may do more than they: the secret would be theirs. Raises
    StaffNotFound, KeyOver, MoreThanYouHave, InvalidKey. Locks the key.
    """
    if not timedelta(0) <= overlap <= MAX_OVERLAP:
        message = f"The old key can work on for {MAX_OVERLAP.days} days at most."
        raise InvalidKey(message, errors=(FieldError("overlap_seconds", "invalid", message),))
    with transaction():
        old = _usable(key_id, now)
        check_not_more(old.scopes, by=by)
        made = _make(old.name, old.scopes, old.made_by_id, old.expires_at)
        old.replaced_by = made.row
        old.expires_at = min(filter(None, (old.expires_at, now + overlap)))
        old.save(update_fields=["replaced_by", "expires_at", "updated_at"])
        return made


def revoke_api_key(*, key_id: UUID, by: Authority, now: datetime) -> ApiKey:
    """Make a key worthless from the next request on; revoking twice is no error.

    Raises StaffNotFound, MoreThanYouHave.
    """
    with transaction():
        key = _locked(key_id)
        check_not_more(key.scopes, by=by)
        if key.revoked_at is None:
            key.revoked_at = now
            key.save(update_fields=["revoked_at", "updated_at"])
        return key


def note_use(*, key: ApiKey, now: datetime) -> None:
    """Remember that the key was used, once a minute at most."""
    if key.last_used_at is None or key.last_used_at < now - USED_EVERY:
        with transaction():
            before = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
            ApiKey.objects.filter(before, pk=key.pk).update(last_used_at=now)


def _make(name: str, scopes: Collection[str], maker_id: UUID, expires_at: datetime | None) -> MadeKey:
    secret = make_key()
    row = ApiKey.objects.create(
        name=name,
        prefix=prefix_of(secret),
        secret_hash=secret_hash(secret),
        scopes=sorted(scopes),
        made_by_id=maker_id,
        expires_at=expires_at,
    )
    return MadeKey(row, secret)


def _usable(key_id: UUID, now: datetime) -> ApiKey:
    key = _locked(key_id)
    if key.revoked_at or key.replaced_by_id or (key.expires_at and key.expires_at <= now):
        message = "This key was revoked, rotated, or has expired. Make a new one."
        raise KeyOver(message)
    return key


def _locked(key_id: UUID) -> ApiKey:
    key = ApiKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        message = "There is no such API key in this shop."
        raise StaffNotFound(message)
    return key


def _check(name: str, scopes: Collection[str], expires_at: datetime | None, now: datetime) -> None:
    errors = []
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        errors.append(FieldError("name", "invalid", f"Enter a name of 1 to {MAX_NAME} characters."))
    unknown = sorted(set(scopes) - ALL_CAPABILITIES)
    if not scopes or unknown:
        told = f"There is no {', '.join(unknown)[:200]}." if unknown else "Choose one or more."
        errors.append(FieldError("scopes", "invalid", told))
    if expires_at is not None and expires_at <= now:
        errors.append(FieldError("expires_at", "invalid", "Choose a moment in the future, or none."))
    if errors:
        message = "The key cannot be made like this: see `errors`."
        raise InvalidKey(message, errors=tuple(errors))

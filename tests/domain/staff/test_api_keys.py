"""API keys: shown once, never wider than their maker, worthless a moment after they are revoked."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from hansa.domain.staff.errors import InvalidKey, KeyOver, KeyRefused, MoreThanYouHave, StaffNotFound
from hansa.domain.staff.key_format import KEY_PATTERN, is_well_formed, make_key
from hansa.domain.staff.types import SYSTEM, Authority
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction

type Hire = Callable[..., UUID]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def authority(user_id: UUID) -> Authority:
    from hansa.domain.staff.selectors import get_authority

    return get_authority(user_id)


def make(user_id: UUID, *scopes: str, expires_at: datetime | None = None) -> Any:
    from hansa.domain.staff.services.api_keys import make_api_key

    return make_api_key(name="ERP", scopes=scopes, by=authority(user_id), now=NOW, expires_at=expires_at)


def may(secret: str, *, now: datetime = NOW) -> frozenset[str]:
    from hansa.domain.staff.selectors import get_key_authority

    return get_key_authority(secret, now=now)[1].capabilities


def test_a_key_does_what_its_scopes_say(hire: Hire) -> None:
    made = make(hire("ada"), "orders.view")
    assert may(made.secret) == {"orders.view"}
    assert KEY_PATTERN.fullmatch(made.secret)
    assert made.secret.startswith(made.row.prefix)


def test_the_secret_is_stored_nowhere(hire: Hire) -> None:
    made = make(hire("ada"), "orders.view")
    with transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(k)::text FROM staff_apikey k")
        stored = " ".join(row for (row,) in cursor.fetchall())
        cursor.execute("SELECT coalesce(string_agg(e.payload::text, ' '), '') FROM events_event e")
        stored += cursor.fetchone()[0]
    assert made.row.prefix in stored
    assert made.secret.rpartition("_")[2] not in stored
    assert made.secret[len(made.row.prefix) + 1 :] not in stored


@pytest.mark.parametrize("scopes", [("orders.refund",), ("orders.view", "staff.edit")])
def test_a_key_is_never_wider_than_its_maker(hire: Hire, scopes: tuple[str, ...]) -> None:
    hire("ada")
    with pytest.raises(MoreThanYouHave):
        make(hire("cleo", "clerk"), *scopes)


def test_a_key_loses_what_its_maker_loses(hire: Hire) -> None:
    from hansa.domain.staff.models import Role
    from hansa.domain.staff.services.change_staff import assign_roles, restore_staff, suspend_staff

    hire("ada")
    clerk = hire("cleo", "clerk")
    secret = make(clerk, "orders.view", "stock.edit").secret
    suspend_staff(user_id=clerk, by=SYSTEM)
    assert may(secret) == frozenset()
    restore_staff(user_id=clerk, by=SYSTEM)
    with transaction():
        read_only = Role.objects.get(code="read-only").pk
    assign_roles(user_id=clerk, role_ids=[read_only], by=SYSTEM)
    assert may(secret) == {"orders.view"}


def test_a_key_cannot_make_keys(hire: Hire) -> None:
    from hansa.domain.staff.services.api_keys import make_api_key

    ada = hire("ada")
    key = make(ada, "api_keys.edit", "orders.view")
    bearer = dataclasses.replace(authority(ada), api_key_id=key.row.pk)
    with pytest.raises(MoreThanYouHave):
        make_api_key(name="Child", scopes=["orders.view"], by=bearer, now=NOW)


def test_nobody_rotates_a_stronger_key(hire: Hire) -> None:
    from hansa.domain.staff.services.api_keys import revoke_api_key, rotate_api_key
    from hansa.domain.staff.services.save_role import save_role

    strong = make(hire("ada"), "orders.refund")
    keeper = save_role(role_id=None, name="Keys", capabilities=["api_keys.edit"], by=SYSTEM)
    weak = authority(hire("kim", keeper.code))
    with pytest.raises(MoreThanYouHave):
        rotate_api_key(key_id=strong.row.pk, overlap=timedelta(0), by=weak, now=NOW)
    with pytest.raises(MoreThanYouHave):
        revoke_api_key(key_id=strong.row.pk, by=weak, now=NOW)
    assert may(strong.secret) == {"orders.refund"}


def test_a_rotated_key_works_on_for_the_overlap_and_no_longer(hire: Hire) -> None:
    from hansa.domain.staff.services.api_keys import rotate_api_key

    ada = hire("ada")
    old = make(ada, "orders.view")
    new = rotate_api_key(key_id=old.row.pk, overlap=timedelta(hours=1), by=authority(ada), now=NOW)
    assert new.secret != old.secret
    assert may(new.secret, now=NOW + timedelta(days=900)) == {"orders.view"}
    assert may(old.secret, now=NOW + timedelta(minutes=59)) == {"orders.view"}
    with pytest.raises(KeyRefused):
        may(old.secret, now=NOW + timedelta(hours=1))
    with pytest.raises(KeyOver):
        rotate_api_key(key_id=old.row.pk, overlap=timedelta(0), by=authority(ada), now=NOW)
    with pytest.raises(InvalidKey):
        rotate_api_key(key_id=new.row.pk, overlap=timedelta(days=8), by=authority(ada), now=NOW)


def test_a_revoked_or_expired_key_is_refused(hire: Hire) -> None:
    from hansa.domain.staff.services.api_keys import revoke_api_key

    ada = hire("ada")
    revoked, expiring = make(ada, "orders.view"), make(ada, "orders.view", expires_at=NOW + timedelta(hours=1))
    revoke_api_key(key_id=revoked.row.pk, by=authority(ada), now=NOW)
    revoke_api_key(key_id=revoked.row.pk, by=authority(ada), now=NOW)
    with pytest.raises(KeyRefused):
        may(revoked.secret)
    assert may(expiring.secret)
    with pytest.raises(KeyRefused):
        may(expiring.secret, now=NOW + timedelta(hours=1))


def test_forged_keys_are_refused(hire: Hire) -> None:
    secret = make(hire("ada"), "orders.view").secret
    flipped = secret[:30] + ("A" if secret[30] != "A" else "B") + secret[31:]
    right_prefix = make_key()
    right_prefix = secret[:21] + right_prefix[21:]
    for forged in (
        "",
        "hansa_sk_",
        secret[:-1],
        secret + "0",
        secret.upper(),
        flipped,
        right_prefix,
        make_key(),
        "ü" * 73,
    ):
        with pytest.raises(KeyRefused):
            may(forged)


def test_a_key_with_a_right_checksum_and_a_wrong_secret_is_refused(hire: Hire) -> None:
    import zlib

    secret = make(hire("ada"), "orders.view").secret
    body = secret[:22] + "A" * 43
    forged = body + f"{zlib.crc32(body.encode()):08x}"
    assert is_well_formed(forged)
    with pytest.raises(KeyRefused):
        may(forged)


def test_another_shops_key_is_no_key_here(hire: Hire, rival: TenantContext) -> None:
    from hansa.domain.staff.services.api_keys import revoke_api_key

    made = make(hire("ada"), "orders.view")
    with tenant_scope(rival):
        with pytest.raises(KeyRefused):
            may(made.secret)
        with pytest.raises(StaffNotFound):
            revoke_api_key(key_id=made.row.pk, by=SYSTEM, now=NOW)
    assert may(made.secret)


def test_last_use_is_noted_once_a_minute(hire: Hire) -> None:
    from hansa.domain.staff.services.api_keys import note_use

    key = make(hire("ada"), "orders.view").row
    for moment, noted in ((NOW, NOW), (NOW + timedelta(seconds=59), NOW), (NOW + timedelta(seconds=61),) * 2):
        note_use(key=key, now=moment)
        with transaction():
            key.refresh_from_db()
        assert key.last_used_at == noted


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "scopes": ["orders.view"]},
        {"name": "x" * 101, "scopes": ["orders.view"]},
        {"name": "ERP", "scopes": []},
        {"name": "ERP", "scopes": ["all"]},
        {"name": "ERP", "scopes": ["orders.view"], "expires_at": NOW},
    ],
)
def test_a_key_that_makes_no_sense_is_refused(hire: Hire, fields: dict[str, object]) -> None:
    from hansa.domain.staff.services.api_keys import make_api_key

    with pytest.raises(InvalidKey):
        make_api_key(by=authority(hire("ada")), now=NOW, **fields)  # type: ignore[arg-type]

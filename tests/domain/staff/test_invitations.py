"""Invitations and the platform's grants: links that let in whom they are for, once, and for a while."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from hansa.domain.staff.errors import AlreadyStaff, InvalidStaff, InvitationOver, StaffNotFound
from hansa.domain.staff.types import SYSTEM, Authority
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.tokens import make_token
from hansa.kernel.transactions import transaction

type Hire = Callable[..., UUID]
NOW = datetime.now(UTC)
PASSWORD = "correct horse battery"  # noqa: S105


def role_id(code: str) -> UUID:
    from hansa.domain.staff.models import Role

    with transaction():
        return Role.objects.get(code=code).pk


def invite(email: str = "New@Example.com", now: datetime = NOW) -> Any:
    from hansa.domain.staff.services.invite_staff import invite_staff

    return invite_staff(email=email, role_ids=[role_id("clerk")], by=SYSTEM, now=now)


def accept(invitation_id: UUID, *, token: str | None = None, password: str = PASSWORD, now: datetime = NOW) -> Any:
    from hansa.domain.staff.services.invite_staff import accept_invitation

    token = make_token("invitation", invitation_id) if token is None else token
    return accept_invitation(invitation_id=invitation_id, token=token, name="New One", password=password, now=now)


def authority(user_id: UUID) -> Authority:
    from hansa.domain.staff.selectors import get_authority

    return get_authority(user_id)


def test_an_invitation_makes_a_newcomer_staff_once(hire: Hire) -> None:
    hire("ada")
    invitation = invite()
    user = accept(invitation.pk)
    assert (user.email, user.name, user.is_staff) == ("new@example.com", "New One", True)
    assert authority(user.pk).may("stock.edit")
    with pytest.raises(InvitationOver):
        accept(invitation.pk)
    with pytest.raises(AlreadyStaff):
        invite("new@example.com")


def test_two_clicks_at_once_make_one_account(hire: Hire, shop: TenantContext) -> None:
    hire("ada")
    invitation = invite()

    def click(_: int) -> bool:
        try:
            with tenant_scope(shop):
                accept(invitation.pk)
        except InvitationOver:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(click, range(4))) == 1


def test_a_customer_who_is_invited_keeps_their_password(hire: Hire) -> None:
    from hansa.domain.accounts.models import User

    hire("ada")
    with transaction():
        customer = User(email="new@example.com")
        customer.set_password("my own old password")
        customer.save()
    invitation = invite()
    with pytest.raises(InvalidStaff):
        accept(invitation.pk, password=PASSWORD)
    user = accept(invitation.pk, password="my own old password")  # noqa: S106
    assert user.pk == customer.pk
    assert authority(user.pk).may("stock.edit")


def test_a_weak_password_is_refused_and_the_link_stays_good(hire: Hire) -> None:
    hire("ada")
    invitation = invite()
    for weak in ("short", "new@example.com"):
        with pytest.raises(InvalidStaff):
            accept(invitation.pk, password=weak)
    assert accept(invitation.pk).is_staff


def test_a_link_that_is_wrong_foreign_withdrawn_or_old_lets_nobody_in(hire: Hire, rival: TenantContext) -> None:
    from hansa.domain.staff.services.invite_staff import withdraw_invitation

    hire("ada")
    first = invite()
    with pytest.raises(StaffNotFound):
        accept(first.pk, token="0" * 32)
    token = make_token("invitation", first.pk)
    with tenant_scope(rival), pytest.raises(StaffNotFound):
        accept(first.pk, token=token)
    with tenant_scope(rival), pytest.raises(StaffNotFound):
        accept(first.pk)
    with pytest.raises(InvitationOver):
        accept(first.pk, now=NOW + timedelta(days=7))
    with pytest.raises(AlreadyStaff):
        invite()
    withdraw_invitation(invitation_id=first.pk, by=SYSTEM, now=NOW)
    with pytest.raises(InvitationOver):
        accept(first.pk)
    second = invite()
    third = invite(now=NOW + timedelta(days=8))
    with pytest.raises(InvitationOver):
        accept(second.pk, now=NOW + timedelta(days=8))
    assert accept(third.pk, now=NOW + timedelta(days=8)).is_staff


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a b@example.com"])
def test_an_address_that_is_none_is_refused(hire: Hire, email: str) -> None:
    hire("ada")
    with pytest.raises(InvalidStaff):
        invite(email)


def grant(lasts: timedelta = timedelta(hours=1), email: str = "ops@platform.example") -> Any:
    from hansa.domain.staff.services.support import grant_support

    return grant_support(email=email, reason="Ticket 12", capabilities=["orders.view"], lasts=lasts, now=NOW)


def open_grant(grant_id: UUID, token: str | None = None, now: datetime = NOW) -> Any:
    from hansa.domain.staff.services.support import open_support_grant

    return open_support_grant(grant_id=grant_id, token=token or make_token("support", grant_id), now=now)


def test_a_grant_is_for_an_e_mail_address() -> None:
    with pytest.raises(InvalidStaff, match="'nobody' is not an e-mail address"):
        grant(email="nobody")


def test_a_grant_lets_the_platform_in_once_and_shows_what_it_says() -> None:
    made = grant()
    assert not authority(made.user.pk).capabilities, "nothing before the link is opened"
    user = open_grant(made.pk)
    assert authority(user.pk).capabilities == {"orders.view"}
    assert not user.has_usable_password()
    with pytest.raises(InvitationOver):
        open_grant(made.pk)


def test_a_grant_that_is_ended_or_over_shows_nothing() -> None:
    from hansa.domain.staff.services.support import end_support_grant

    made = grant()
    user = open_grant(made.pk)
    end_support_grant(grant_id=made.pk, now=NOW)
    assert not authority(user.pk).capabilities
    again = grant()
    open_grant(again.pk)
    with transaction(), connection.cursor() as cursor:
        cursor.execute("UPDATE staff_supportgrant SET expires_at = statement_timestamp() WHERE id = %s", [again.pk])
    assert not authority(user.pk).capabilities
    late = grant()
    with pytest.raises(InvitationOver):
        open_grant(late.pk, now=NOW + timedelta(hours=1))
    with pytest.raises(StaffNotFound):
        open_grant(late.pk, token="0" * 32)


def test_a_grant_needs_a_reason_a_time_and_nobody_elses_account(hire: Hire) -> None:
    hire("ada")
    for lasts in (timedelta(0), timedelta(hours=9)):
        with pytest.raises(InvalidStaff):
            grant(lasts)
    with pytest.raises(AlreadyStaff):
        grant(email="ada@example.com")

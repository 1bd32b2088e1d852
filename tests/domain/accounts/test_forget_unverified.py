"""Accounts that nobody ever proved go; nobody else's does."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import override_settings

from hansa.domain.accounts.models import Customer, Session, User
from hansa.domain.accounts.services.forget_unverified import MOST, forget_unverified_accounts
from hansa.domain.accounts.services.welcome import welcome
from hansa.domain.audit.models import AuditEntry
from hansa.domain.work.registry import get_duty
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.worlds import NOON, entered
from tests.worlds_orders import buy, open_for_business

LATER = NOON + timedelta(days=31)


@pytest.fixture(autouse=True)
def _here(shop: TenantContext) -> Iterator[None]:
    with tenant_scope(shop):
        yield


def sign_up(email: str, *, is_verified: bool = False, days: int = 0, **fields: bool) -> User:
    """Let somebody sign up at noon, or so many days later."""
    with transaction():
        user = User.objects.create(email=email, **fields)
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=is_verified)
        User.objects.filter(pk=user.pk).update(created_at=NOON + timedelta(days=days))
    return user


def left() -> list[str]:
    with transaction():
        return list(User.objects.order_by("email").values_list("email", flat=True))


def test_an_account_that_was_never_proved_goes_after_thirty_days() -> None:
    sign_up("old@example.com")
    sign_up("new@example.com", days=2)
    assert forget_unverified_accounts(now=NOON + timedelta(days=29)) == 0
    assert forget_unverified_accounts(now=LATER) == 1
    assert left() == ["new@example.com"]
    with transaction():
        assert list(EmailAddress.objects.values_list("email", flat=True)) == ["new@example.com"]
        entry = AuditEntry.objects.get(action="accounts.unverified_forgotten")
    assert (entry.actor_kind, entry.after) == ("system", {"accounts": 1})
    assert "old@" not in f"{entry.object_label}{entry.object_id}"
    assert forget_unverified_accounts(now=LATER) == 0


def test_staff_customers_and_whoever_is_logged_in_stay() -> None:
    sign_up("staff@example.com", is_staff=True)
    sign_up("verified@example.com", is_verified=True)
    second = sign_up("second@example.com", is_verified=True)
    came = sign_up("came@example.com")
    customer = sign_up("customer@example.com")
    here = sign_up("here@example.com")
    gone = sign_up("gone@example.com")
    welcome(user_id=customer.pk, email=customer.email, now=NOON)
    with transaction():
        EmailAddress.objects.create(user=second, email="other@example.com")
        User.objects.filter(pk=came.pk).update(last_login=NOON)
        Session.objects.create(session_key="h" * 32, user=here, expire_date=LATER + timedelta(days=1))
        Session.objects.create(session_key="g" * 32, user=gone, expire_date=LATER - timedelta(days=1))
    assert forget_unverified_accounts(now=LATER) == 1
    assert "gone@example.com" not in left()
    assert len(left()) == 6


def test_former_staff_who_came_by_invitation_are_not_sign_ups() -> None:
    with transaction():
        user = User.objects.create(email="invited@example.com")
        User.objects.filter(pk=user.pk).update(created_at=NOON)
    assert forget_unverified_accounts(now=LATER) == 0


def test_what_a_guest_ordered_with_the_same_address_stays(shop: TenantContext) -> None:
    from hansa.domain.orders.models import Order

    open_for_business(shop)
    order_id = buy(email="old@example.com")
    sign_up("old@example.com")
    assert forget_unverified_accounts(now=LATER) == 1
    with transaction():
        assert Order.objects.get(pk=order_id).email == "old@example.com"
        assert not Customer.objects.exclude(user=None).exists()


def test_zero_days_keep_them_for_ever() -> None:
    sign_up("old@example.com")
    with override_settings(UNVERIFIED_ACCOUNT_DAYS=0):
        assert forget_unverified_accounts(now=LATER + timedelta(days=5000)) == 0
    assert left() == ["old@example.com"]


def test_an_account_that_is_being_proved_waits(shop: TenantContext) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    user = sign_up("old@example.com")

    def sweep() -> int:
        try:
            with tenant_scope(shop):
                return forget_unverified_accounts(now=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction():
            EmailAddress.objects.filter(user_id=user.pk).update(verified=True)
            assert pool.submit(sweep).result(timeout=60) == 0
        assert pool.submit(sweep).result(timeout=60) == 0
    assert left() == ["old@example.com"]


def test_many_go_in_batches_and_the_rivals_stay(rival: TenantContext) -> None:
    with transaction():
        users = User.objects.bulk_create(User(email=f"bot{n}@example.com") for n in range(MOST + 1))
        EmailAddress.objects.bulk_create(EmailAddress(user=user, email=user.email) for user in users)
        User.objects.update(created_at=NOON)
    with tenant_scope(rival):
        sign_up("bot1@example.com")
    assert forget_unverified_accounts(now=LATER) == MOST + 1
    assert left() == []
    with tenant_scope(rival):
        assert left() == ["bot1@example.com"]


def test_the_worker_does_it(shop: TenantContext) -> None:
    sign_up("old@example.com")
    duty = get_duty("hansa.accounts.forget_unverified")
    with entered(shop):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT accounts_user_due(%s)", [LATER])
            assert (shop.id,) in cursor.fetchall()
    duty.run(LATER)
    assert left() == []

"""`hansa manage reconcile_stock`, as an operator types it."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from hansa.kernel.tenancy import TenantContext
from tests.worlds import draft, entered, stock_shop


def _command(**options: str) -> tuple[str, int]:
    output = io.StringIO()
    try:
        call_command("reconcile_stock", stdout=output, **options)
    except SystemExit as exit_:
        return output.getvalue(), int(str(exit_.code or 0))
    return output.getvalue(), 0


def _plant(shop: TenantContext, delta: int) -> None:
    with entered(shop), connection.cursor() as cursor:
        cursor.execute("UPDATE inventory_stockitem SET on_hand = on_hand + %s", [delta])


def test_books_that_balance_are_said_to(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    printed, status = _command(tenant=shop.slug)
    assert (printed, status) == (f"The stock of {shop.slug} adds up.\n", 0)


def test_what_does_not_add_up_is_named_and_the_status_is_1(shop: TenantContext, rival: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    stock_shop(rival, draft("Mug"))
    _plant(shop, 1)
    try:
        for options in ({"tenant": shop.slug}, {}):
            printed, status = _command(**options)
            assert status == 1
            assert f"{shop.slug}: " in printed
            assert "on hand 6, by the ledger 5" in printed
            assert rival.slug not in printed
        assert _command(tenant=rival.slug)[1] == 0
    finally:
        _plant(shop, -1)


def test_an_unknown_shop_is_a_wrong_argument() -> None:
    with pytest.raises(CommandError, match="no tenant 'nobody'") as refusal:
        call_command("reconcile_stock", tenant="nobody")
    assert refusal.value.returncode == 2

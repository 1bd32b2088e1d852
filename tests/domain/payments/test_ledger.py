import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection

from hansa.domain.payments.models import GiftCardEntry, LedgerEntry
from hansa.domain.payments.services.charge import charge
from hansa.domain.payments.services.issue_gift_card import issue_gift_card
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import together
from hansa.kernel.tenancy import TenantContext
from tests.worlds import NOON, entered


@pytest.mark.parametrize("table", ["payments_ledgerentry", "payments_giftcardentry"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET amount = amount + 1", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_what_is_entered(shop: TenantContext, table: str, statement: str) -> None:
    with entered(shop):
        issue_gift_card(amount=1000, currency="EUR", now=NOON)
    with entered(shop), pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    with entered(shop):
        assert LedgerEntry.objects.get().amount == 1000
        assert GiftCardEntry.objects.get().amount == 1000


def test_nor_does_it_let_the_owner_of_the_tables(shop: TenantContext) -> None:
    import os

    import psycopg

    with entered(shop):
        charge(reference=uuid7(), amount=100, currency="EUR", now=NOON)
    for change in ("UPDATE payments_ledgerentry SET amount = 1", "DELETE FROM payments_ledgerentry"):
        with psycopg.connect(os.environ["HANSA_OWNER_DATABASE_URL"]) as owner:
            owner.execute("SELECT set_config('hansa.tenant', %s, true)", [str(shop.id)])
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                owner.execute(change)


@pytest.mark.parametrize(
    "wrong",
    [{"amount": 0}, {"amount": -1}, {"debit": "sales"}, {"kind": "gift"}],
)
def test_an_entry_is_positive_between_two_accounts_for_a_known_reason(
    shop: TenantContext, wrong: dict[str, object]
) -> None:
    fields: dict[str, object] = {
        "reference": uuid7(),
        "debit": "customer",
        "credit": "sales",
        "amount": 1,
        "currency": "EUR",
        "kind": "charge",
        "source": "placed",
    }
    with pytest.raises(IntegrityError), entered(shop):
        LedgerEntry.objects.create(**(fields | wrong))


def test_the_same_cause_is_entered_once(shop: TenantContext) -> None:
    reference = uuid7()
    with entered(shop):
        charge(reference=reference, amount=100, currency="EUR", now=NOON)
    with pytest.raises(DatabaseError), entered(shop), together():
        charge(reference=reference, amount=100, currency="EUR", now=NOON)
    with entered(shop):
        assert LedgerEntry.objects.filter(reference=reference).count() == 1

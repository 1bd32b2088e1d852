"""What the audit log writes, and what it does not."""

import threading
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection

from hansa.domain.accounts.models import Customer
from hansa.domain.accounts.services.set_staff_password import set_staff_password
from hansa.domain.audit.models import AuditEntry
from hansa.domain.audit.selectors import get_entries, history_of
from hansa.domain.audit.services.record import record
from hansa.domain.audit.services.verify import verify_chain
from hansa.domain.audit.types import HIDDEN, EntryQuery
from hansa.domain.catalog.models import Category, Product, Variant
from hansa.kernel.actors import Actor, actor_scope
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import TransactionRequired, transaction
from tests.worlds import draft, entered, stock_shop

ANNA = Actor(kind="staff", id="7", label="anna@example.com", address="192.0.2.1", request_id="request-1")
PASSWORDS = ("correct horse battery", "another horse battery")


def _actions() -> list[str]:
    return [entry.action for entry in reversed(get_entries())]


def test_a_staff_members_change_says_who_what_and_what_it_was_before(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    with actor_scope(ANNA), entered(shop):
        mug = Product.objects.get()
        mug.vendor = "Clay & Co"
        mug.save()
    with entered(shop):
        (entry,) = get_entries()
    assert (entry.actor_kind, entry.actor_id, entry.actor_label) == ("staff", "7", "anna@example.com")
    assert (entry.address, entry.request_id) == ("192.0.2.1", "request-1")
    assert (entry.action, entry.object_type, entry.object_id) == ("product.changed", "product", str(mug.id))
    assert entry.object_label == "Mug"
    assert (entry.before, entry.after) == ({"vendor": ""}, {"vendor": "Clay & Co"})
    assert entry.seq == 1


def test_what_is_new_and_what_is_gone_is_told_whole(shop: TenantContext) -> None:
    with actor_scope(ANNA), entered(shop):
        shelf = Category.objects.create(name="Kitchen", slug="kitchen", path="kitchen")
        shelf.delete()
    with entered(shop):
        deleted, created = get_entries()
    assert (created.action, deleted.action) == ("category.created", "category.deleted")
    assert created.before is None
    assert deleted.after is None
    assert created.after == deleted.before == {"name": "Kitchen", "slug": "kitchen", "path": "kitchen", "position": 0}


def test_what_nobody_privileged_did_is_not_logged(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    with actor_scope(Actor(kind="customer", id="1")), entered(shop):
        Product.objects.update(vendor="Clay & Co")
    with entered(shop):
        assert get_entries() == []


def test_saving_without_a_change_is_no_entry(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    with actor_scope(ANNA), entered(shop):
        Product.objects.get().save()
        Product.objects.update(popularity=7)
    with entered(shop):
        assert get_entries() == []


def test_a_change_that_is_rolled_back_leaves_no_entry(shop: TenantContext) -> None:
    with actor_scope(ANNA), entered(shop):
        with pytest.raises(ZeroDivisionError), transaction():
            Category.objects.create(name="Kitchen", slug="kitchen", path="kitchen")
            raise ZeroDivisionError
        Category.objects.create(name="Garden", slug="garden", path="garden")
    with entered(shop):
        (entry,) = get_entries()
        assert (entry.object_label, entry.seq) == ("Garden", 1)


def test_a_secret_is_never_in_the_log(shop: TenantContext) -> None:
    with actor_scope(ANNA), tenant_scope(shop):
        user = set_staff_password(email="bert@example.com", password=PASSWORDS[0])
        set_staff_password(email="bert@example.com", password=PASSWORDS[1])
    with entered(shop):
        changed, created = get_entries()
        assert (created.after or {})["password"] == HIDDEN
        assert (changed.before, changed.after) == ({"password": HIDDEN}, {"password": HIDDEN})
        assert "argon2" not in str(AuditEntry.objects.filter(object_id=str(user.id)).values())


def test_shoppers_personal_data_are_not_in_the_log_which_cannot_forget(shop: TenantContext) -> None:
    with actor_scope(ANNA), entered(shop):
        carla = Customer.objects.create(email="carla@example.com", name="Carla Columna")
        Customer.objects.filter(pk=carla.pk).update(email="columna@example.com", is_tax_exempt=True)
    with entered(shop):
        changed, created = get_entries()
        assert changed.after == {"email": HIDDEN, "is_tax_exempt": True}
        assert "olumna" not in str(list(AuditEntry.objects.values()))
        assert created.object_label == created.object_id == str(carla.pk)


def test_a_column_with_the_name_of_a_secret_is_hidden_without_being_told(shop: TenantContext) -> None:
    from hansa.domain.payments.models import GiftCard

    with actor_scope(ANNA), entered(shop):
        GiftCard.objects.create(code_fingerprint="f" * 64, last_characters="WXYZ", currency="EUR", balance=100)
    with entered(shop):
        (entry,) = get_entries()
        assert entry.after is not None
        assert (entry.after["code_fingerprint"], entry.after["balance"]) == (HIDDEN, 100)


def test_the_history_of_a_thing_holds_what_happened_to_its_parts(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"), draft("Bowl"))
    with actor_scope(ANNA), entered(shop):
        Variant.objects.update(price_amount=2499)
    with entered(shop):
        mug = Product.objects.get(name="Mug")
        (entry,) = history_of(mug.id)
        assert (entry.before, entry.after) == ({"price_amount": 1999}, {"price_amount": 2499})
        assert get_entries(EntryQuery(object_id=str(mug.id))) == [entry]


def test_what_is_no_change_of_a_row_is_recorded_by_a_service(shop: TenantContext) -> None:
    with actor_scope(ANNA), entered(shop):
        record(action="customer.exported", object_type="customer", object_id=5, label="carla", after={"rows": 3})
    with entered(shop):
        record(action="staff.login_failed", label="dora@example.com", actor=Actor(kind="system", address="192.0.2.9"))
    with entered(shop):
        failed, exported = get_entries()
    assert (exported.actor_label, exported.object_id, exported.before, exported.after) == (
        *("anna@example.com", "5", None),
        {"rows": 3},
    )
    assert (failed.actor_kind, failed.address, failed.seq) == ("system", "192.0.2.9", 2)
    with tenant_scope(shop), pytest.raises(TransactionRequired):
        record(action="staff.logged_in")


def test_pages_go_on_where_the_last_one_ended_and_filters_narrow_them(shop: TenantContext) -> None:
    for number in range(5):
        with actor_scope(ANNA), entered(shop):
            record(action="a.done" if number % 2 else "b.done", object_type="thing")
    with entered(shop):
        first = get_entries(limit=2)
        assert [entry.seq for entry in first] == [5, 4]
        assert [entry.seq for entry in get_entries(limit=2, before_seq=4)] == [3, 2]
        assert [entry.seq for entry in get_entries(EntryQuery(action="a.done"))] == [4, 2]
        assert get_entries(EntryQuery(actor_id="8")) == []
        middle = first[1].at
        assert [entry.seq for entry in get_entries(EntryQuery(since=middle))] == [5, 4]
        assert [entry.seq for entry in get_entries(EntryQuery(until=middle, object_type="thing"))] == [3, 2, 1]


def test_each_tenant_has_a_log_of_its_own(shop: TenantContext, rival: TenantContext) -> None:
    for tenant in (shop, rival, shop):
        with actor_scope(ANNA), entered(tenant):
            record(action="staff.logged_in")
    with entered(shop):
        assert [entry.seq for entry in get_entries()] == [2, 1]
    with entered(rival):
        assert [entry.seq for entry in get_entries()] == [1]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditentry SET actor_label = 'bert@example.com'",
        "DELETE FROM audit_auditentry",
        "TRUNCATE audit_auditentry",
        "UPDATE audit_audithead SET seq = 0",
        "INSERT INTO audit_auditentry (id, seq) VALUES (gen_random_uuid(), 9)",
        "INSERT INTO audit_audithead (id, seq, hash) VALUES (gen_random_uuid(), 9, '')",
    ],
)
def test_the_application_can_only_add_to_the_log(shop: TenantContext, sql: str) -> None:
    with entered(shop):
        record(action="staff.logged_in")
    with pytest.raises(ProgrammingError, match="permission denied"), entered(shop), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditentry SET actor_label = 'bert@example.com'",
        "DELETE FROM audit_auditentry",
        "TRUNCATE audit_auditentry",
        "DELETE FROM audit_audithead",
        "TRUNCATE audit_audithead",
    ],
)
def test_its_owner_cannot_change_it_either(shop: TenantContext, owner: psycopg.Connection[Any], sql: Any) -> None:
    with entered(shop):
        record(action="staff.logged_in")
    owner.execute("SELECT set_config('hansa.tenant', %s, false)", [str(shop.id)])
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only ever added to"):
        owner.execute(sql)


def test_staff_who_write_at_once_do_not_block_each_other_for_ever_and_leave_no_gap(shop: TenantContext) -> None:
    stock_shop(shop, *[draft(f"Mug {number}") for number in range(8)])
    with entered(shop):
        ids = list(Product.objects.order_by("name").values_list("id", flat=True))
    errors: list[BaseException] = []
    together = threading.Barrier(8)

    def write(number: int) -> None:
        try:
            for turn in range(10):
                together.wait(30)
                with actor_scope(ANNA), entered(shop):
                    # No two share a row but the head of the chain, and half of them write in the other order.
                    if number % 2:
                        Product.objects.filter(id=ids[number]).update(vendor=f"Vendor {turn}")
                    Variant.objects.filter(product_id=ids[number]).update(price_amount=1000 + turn)
                    if not number % 2:
                        Product.objects.filter(id=ids[number]).update(vendor=f"Vendor {turn}")
        except BaseException as error:  # noqa: BLE001  (a thread's exception would be lost)
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with entered(shop):
        assert list(AuditEntry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 161))
        assert verify_chain().fault is None


def test_many_changes_in_one_transaction_are_sealed_in_their_order(shop: TenantContext) -> None:
    with actor_scope(ANNA), entered(shop):
        for number in range(300):
            record(action="thing.done", label=str(number))
    with entered(shop):
        entries = AuditEntry.objects.order_by("seq").values_list("seq", "object_label")
        assert list(entries) == [(number + 1, str(number)) for number in range(300)]

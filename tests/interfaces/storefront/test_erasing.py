"""Whoever has themselves forgotten is nowhere in the database any more; what was sold is."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import override_settings

from hansa.domain.accounts.models import Customer, User
from hansa.domain.catalog.models import Variant
from hansa.domain.events.services.record import record
from hansa.domain.exports.models import Export, ExportFile, FileFormat
from hansa.domain.exports.models import Kind as ExportKind
from hansa.domain.exports.services.files import private_storage
from hansa.domain.exports.services.request_export import request_export
from hansa.domain.notifications.models import Notification
from hansa.domain.orders.models import Order
from hansa.domain.payments.selectors import balance
from hansa.domain.pricing.models import PromotionCustomer, PromotionUse
from hansa.domain.staff.models import Invitation, Role
from hansa.domain.staff.services.invite_staff import invite_staff
from hansa.domain.staff.services.roles import ensure_roles
from hansa.domain.staff.types import SYSTEM
from hansa.domain.work.services.perform import work_off
from hansa.kernel import clock
from hansa.kernel.actors import Actor, actor_scope
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.dumps import places_of
from tests.interfaces.conftest import Meet
from tests.people import PASSWORD, Person
from tests.worlds import address, entered
from tests.worlds_buying import promote
from tests.worlds_orders import open_for_business

IN_MEMORY = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
BERT = Actor(kind="staff", id=str(uuid4()), label="bert@shop.example", address="192.0.2.1")


@dataclass
class Zoe:
    """Words that stand for one person alone, wherever they are found."""

    mark: str = field(default_factory=lambda: uuid4().hex[:12])
    digits: str = field(default_factory=lambda: str(uuid4().int)[:12])

    @property
    def email(self) -> str:
        return f"zoe.{self.mark}@example.com"

    @property
    def name(self) -> str:
        return f"Zoe Quill{self.mark}"

    @property
    def phone(self) -> str:
        return f"+49 {self.digits}"

    @property
    def address(self) -> dict[str, str]:
        return {
            "first_name": "Zoe",
            "last_name": f"Quill{self.mark}",
            "company": f"Quill{self.mark} Ltd",
            "line1": f"{self.mark} Canary Row",
            "line2": f"Door {self.mark}",
            "city": "Berlin",
            "postal_code": "10115",
            "country": "DE",
            "phone": self.phone,
        }

    def places(self) -> set[str]:
        """Return the columns in which anything of hers stands."""
        return places_of(self.mark, self.digits)


@pytest.fixture
def zoe() -> Zoe:
    return Zoe()


@pytest.fixture
def person(zoe: Zoe, shop: TenantContext, meet: Meet) -> Person:
    """Let Zoe do in our shop all that leaves traces."""
    open_for_business(shop)
    promote(shop, "Ten percent", usage_limit_per_customer=50)
    guest, person = meet(shop, zoe.email), meet(shop, zoe.email)
    order(guest, zoe, "fulfilled")
    order(guest, zoe, "cancelled")
    person.sign_up()
    person.call("PATCH", "/me", {"name": zoe.name, "phone": zoe.phone})
    assert person.call("POST", "/me/addresses", zoe.address).status_code == 201
    product = variant_of(shop, "product_id")
    assert person.call("POST", "/me/wishlist", {"product_id": product}).status_code == 204
    order(person, zoe, "fulfilled", email=f"ZOE.{zoe.mark}+present@example.com")
    order(person, zoe, "", method="declined")
    for whoever in (person, guest):
        there = {"email": zoe.email, "shipping_address": zoe.address, "billing_address": zoe.address}
        assert whoever.call("POST", "/carts", there).status_code == 201
    fail_to_log_in_as_staff(person)
    with entered(shop):
        user = User.objects.get(email=zoe.email)
        claims = {"email": zoe.email, "name": zoe.name}
        SocialAccount.objects.create(user=user, provider="company", uid=f"u-{zoe.mark}", extra_data=claims)
    with entered(shop), actor_scope(BERT):
        Customer.objects.filter(email=zoe.email).update(tax_id=f"DE{zoe.digits}", is_tax_exempt=True)
    with tenant_scope(shop):
        for kind in (ExportKind.CUSTOMERS, ExportKind.ORDERS):
            request_export(kind=kind, file_format=FileFormat.JSONL, by=SYSTEM)
        work_off(now=clock.now())
    return person


def variant_of(tenant: TenantContext, column: str = "id") -> str:
    with entered(tenant):
        return str(Variant.objects.values_list(column, flat=True).get(product__name="Mug"))


def order(person: Person, zoe: Zoe, status: str, *, method: str = "ok", email: str = "") -> None:
    """Let somebody order for her, and the shop bring the order to this status."""
    lines = [{"variant_id": variant_of(person.tenant), "quantity": 1}]
    body = {
        "lines": lines,
        "email": email or zoe.email,
        "shipping_address": zoe.address,
        "billing_address": zoe.address,
    }
    cart = person.call("POST", "/carts", body).json()
    auth = {"Authorization": f"Cart {cart['token']}"}
    ways = person.call("GET", f"/carts/{cart['id']}/shipping-methods", **auth).json()["items"]
    person.call("PATCH", f"/carts/{cart['id']}", {"shipping_method_id": ways[0]["id"]}, **auth)
    payment = {"payment": {"provider": "manual", "method": method}}
    answer = person.call(
        "POST", f"/carts/{cart['id']}/checkout", payment, **auth, **{"Idempotency-Key": f"{zoe.mark}-{uuid4()}"}
    )
    assert answer.status_code == (201 if method == "ok" else 402), answer.text
    if method != "ok":
        return
    with entered(person.tenant):
        Order.objects.filter(pk=answer.json()["id"]).update(status=status or "paid")


def fail_to_log_in_as_staff(person: Person) -> None:
    """Let her try the back office's door."""
    page = person.client.get("/admin/login/")
    token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = {"username": person.email, "password": "wrong", "csrfmiddlewaretoken": token}
    assert person.client.post("/admin/login/", data=form, headers={"Origin": address(person.tenant)}).status_code == 200


def erase(person: Person) -> None:
    answer = person.call("DELETE", "/me", {"password": PASSWORD})
    assert answer.status_code == 204, answer.text
    with tenant_scope(person.tenant):
        work_off(now=clock.now())


def books(tenant: TenantContext) -> list[Any]:
    """Return what the merchant's accounts say of all orders."""
    columns = ("number", "status", "subtotal", "discount", "shipping", "tax", "total", "placed_at")
    with entered(tenant):
        orders = list(Order.objects.order_by("number"))
        return [(*(getattr(one, column) for column in columns), balance(one.pk)) for one in orders]


def test_nothing_of_a_person_is_left_in_the_database(person: Person, zoe: Zoe, shop: TenantContext) -> None:
    before, traces = books(shop), zoe.places()
    assert {
        *("accounts_user.email", "accounts_customer.phone", "accounts_customeraddress.parts"),
        *("account_emailaddress.email", "socialaccount_socialaccount.extra_data", "carts_cart.shipping_address"),
        *("orders_order.billing_address", "orders_order.email_key", "notifications_notification.recipient"),
        *("checkout_idempotencykey.response", "pricing_promotionuse.customer_key"),
        "pricing_promotioncustomer.customer_key",
    } <= traces
    erase(person)
    assert zoe.places() == set()
    assert books(shop) == before
    with entered(shop):
        customer = Customer.objects.exclude(erased_at=None).get()
        assert set(Order.objects.values_list("customer_id", flat=True)) == {customer.pk}
        countries = {(one.shipping_address or {})["country"] for one in Order.objects.all()}
        assert countries == {"DE"}  # what the taxes rest on
        assert PromotionUse.objects.count() == len(before)
        assert sum(PromotionCustomer.objects.values_list("uses", flat=True)) == len(
            PromotionUse.objects.filter(released_at=None)
        )


def test_the_files_that_name_people_are_gone(person: Person, shop: TenantContext) -> None:
    with entered(shop):
        names = list(ExportFile.objects.values_list("name", flat=True))
    assert len(names) == 2
    assert all(private_storage().exists(name) for name in names)
    erase(person)
    assert not any(private_storage().exists(name) for name in names)
    with entered(shop):
        assert not ExportFile.objects.exists()


def test_files_from_before_the_shop_knew_them_stay(person: Person, shop: TenantContext) -> None:
    with entered(shop):
        first = Order.objects.earliest("placed_at").placed_at
        old = ExportFile.objects.filter(export__kind=ExportKind.ORDERS)
        Export.objects.filter(kind=ExportKind.ORDERS).update(finished_at=first - timedelta(days=1))
        Customer.objects.update(created_at=first - timedelta(hours=1))
        kept = list(old.values_list("name", flat=True))
    erase(person)
    with entered(shop):
        assert list(ExportFile.objects.values_list("name", flat=True)) == kept
    assert all(private_storage().exists(name) for name in kept)


def test_an_order_that_is_still_to_be_sent_is_the_last_trace(person: Person, zoe: Zoe, shop: TenantContext) -> None:
    order(person, zoe, "paid")
    erase(person)
    assert zoe.places() == {
        *("orders_order.email", "orders_order.email_key"),
        *("orders_order.shipping_address", "orders_order.billing_address"),
    }
    with tenant_scope(shop), transaction():
        last = Order.objects.get(status="paid")
        Order.objects.filter(pk=last.pk).update(status="fulfilled")
        record("order.fulfilled", aggregate_id=last.pk, payload={}, now=clock.now())
    mail.outbox = []
    with tenant_scope(shop), override_settings(MAILERS=IN_MEMORY):
        work_off(now=clock.now())
    assert zoe.places() == set()
    assert not [letter for letter in mail.outbox if "erased.invalid" in str(letter.to)]


def test_goods_that_were_partly_refunded_are_sent_before_the_address_is_forgotten(
    person: Person, zoe: Zoe, shop: TenantContext
) -> None:
    order(person, zoe, "partially_refunded")
    erase(person)
    with entered(shop):
        waiting = Order.objects.get(status="partially_refunded")
        assert (waiting.shipping_address or {})["line1"] == zoe.address["line1"]
        Order.objects.filter(pk=waiting.pk).update(status="fulfilled")
        record("order.fulfilled", aggregate_id=waiting.pk, payload={}, now=clock.now())
    with tenant_scope(shop):
        work_off(now=clock.now())
    assert zoe.places() == set()


def test_a_refund_after_it_is_written_to_nobody(person: Person, shop: TenantContext) -> None:
    erase(person)
    with entered(shop):
        sold = Order.objects.filter(status="fulfilled").first()
        assert sold is not None
        record("order.refunded", aggregate_id=sold.pk, payload={"amount": 100}, now=clock.now())
    with tenant_scope(shop):
        work_off(now=clock.now())
    with entered(shop):
        assert not Notification.objects.exists()


def test_an_invitation_to_the_staff_is_withdrawn_and_only_the_audit_log_tells_of_it(
    person: Person, zoe: Zoe, shop: TenantContext
) -> None:
    with tenant_scope(shop), actor_scope(BERT):
        with transaction():
            ensure_roles()
            role = Role.objects.get(code="clerk")
        invite_staff(email=zoe.email, role_ids=[role.pk], by=SYSTEM, now=clock.now())
        work_off(now=clock.now())
    erase(person)
    with entered(shop):
        assert Invitation.objects.get().withdrawn_at is not None
    # What staff did stays said: the log cannot be changed.
    assert zoe.places() == {"audit_auditentry.object_label", "audit_auditentry.after"}


def test_whoever_got_a_present_keeps_what_is_theirs(person: Person, zoe: Zoe, shop: TenantContext, meet: Meet) -> None:
    friend = Zoe()
    order(person, zoe, "fulfilled", email=friend.email)
    order(meet(shop, friend.email), friend, "fulfilled")
    erase(person)
    assert zoe.places() == set()
    with entered(shop):
        assert PromotionUse.objects.filter(customer_key=friend.email).count() == 1
        assert (Order.objects.get(email=friend.email).billing_address or {})["line1"] == friend.address["line1"]
        assert PromotionCustomer.objects.filter(customer_key=friend.email).exists()


def test_the_rivals_customer_with_the_same_address_stays(
    person: Person, zoe: Zoe, rival: TenantContext, meet: Meet
) -> None:
    there = meet(rival, zoe.email).sign_up()
    erase(person)
    assert there.call("GET", "/me").json()["email"] == zoe.email
    assert {"accounts_user.email", "accounts_customer.email"} <= zoe.places()

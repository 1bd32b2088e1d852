"""Work for the worker: for each task and handler something that makes it necessary, and what must come of it.

A task that no chore makes necessary fails `test_every_task_has_a_chore`.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile

from hansa.domain.accounts.models import User
from hansa.domain.accounts.services.welcome import welcome
from hansa.domain.carts.models import Cart
from hansa.domain.catalog.models import Picture, PictureStatus, Product, ProductImage
from hansa.domain.catalog.services.note_pictures import note_pictures
from hansa.domain.checkout.models import IdempotencyKey
from hansa.domain.checkout.services.refund_order import refund_order
from hansa.domain.events.models import EventCounter
from hansa.domain.exports.errors import TooManyExports
from hansa.domain.exports.models import Export, ExportFile, ExportStatus, FileFormat, Kind
from hansa.domain.exports.services.request_export import request_export
from hansa.domain.exports.services.switch_feed import switch_feed_on
from hansa.domain.imports.services.create_import import create_import
from hansa.domain.inventory.models import Reservation
from hansa.domain.pricing.models import PriceList
from hansa.domain.pricing.services.save_price_list import save_price_list
from hansa.domain.staff.services.invite_staff import invite_staff
from hansa.domain.staff.services.roles import ensure_roles
from hansa.domain.staff.types import SYSTEM
from hansa.kernel import clock
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext
from hansa.kernel.transactions import transaction
from tests.domain.imports.files import csv_bytes
from tests.kernel.outbound.sinks import Sink
from tests.worlds_orders import buy


@dataclass
class Busy:
    """A shop, and what was done there."""

    tenant: TenantContext
    sink: Sink
    """Where its pictures lie, and where its webhook leads."""
    buyers: list[str] = field(default_factory=list)
    imports: list[UUID] = field(default_factory=list)

    def sale(self, method: str = "ok") -> UUID:
        """Let somebody buy; they must be told exactly once."""
        email = f"buyer-{uuid4().hex}@example.com"
        order_id = buy(email=email, mugs=1, method=method)
        if method != "needs_action":
            self.buyers.append(email)
        return order_id

    def file(self) -> None:
        """Send a file of 30 products that no other file has."""
        number = len(self.imports)
        rows = [
            {
                "Handle": f"p-{number}-{n}",
                "Title": f"Product {number} {n}",
                "Variant Price": "10.00",
                "Status": "active",
            }
            for n in range(30)
        ]
        run = create_import(
            upload=ContentFile(csv_bytes(rows)),
            file_name=f"{number}.csv",
            file_format="shopify",
            is_dry_run=False,
            now=clock.now(),
        )
        self.imports.append(run.pk)

    @property
    def address(self) -> str:
        """Return where the sink is."""
        return f"http://127.0.0.1:{self.sink.port}"


def _sale(busy: Busy) -> None:
    busy.sale()


def _slow_bank(busy: Busy) -> None:
    busy.sale(method="timeout")


def _left_at_the_bank(busy: Busy) -> None:
    order_id = busy.sale(method="needs_action")
    with transaction():
        Reservation.objects.filter(reference=order_id).update(expires_at=clock.now())


def _refund(busy: Busy) -> None:
    refund_order(order_id=busy.sale(), reason_code="customer_request", actor="test", now=clock.now(), amount=100)


def _promised_refund(busy: Busy) -> None:
    """Leave a refund to the worker, as whoever asks for it inside a transaction does."""
    from hansa.domain.payments.models import Payment
    from hansa.domain.payments.services.refund import request_refund

    order_id = busy.sale()
    with transaction():
        payment = Payment.objects.get(reference=order_id)
        request_refund(payment_id=payment.pk, amount=100, reason_code="customer_request", actor="test", now=clock.now())


def _old_cart(busy: Busy) -> None:
    busy.sale()
    with transaction():
        Cart.objects.create(currency=busy.tenant.currency, touched_at=clock.now() - timedelta(days=400))


def _old_key(_: Busy) -> None:
    long_ago = clock.now() - timedelta(days=2)
    with transaction():
        IdempotencyKey.objects.create(key=uuid4().hex, order_id=uuid7(), claimed_at=long_ago, expires_at=long_ago)


def _new_prices(busy: Busy) -> None:
    save_price_list(price_list=PriceList(name=uuid4().hex, currency=busy.tenant.currency))


def _new_customer(busy: Busy) -> None:
    email = f"member-{uuid4().hex}@example.com"
    buy(email=email, mugs=1)
    busy.buyers.append(email)
    with transaction():
        user = User.objects.create(email=email)
    welcome(user_id=user.pk, email=email, now=clock.now())


def _invitation(_: Busy) -> None:
    from hansa.domain.staff.models import Role

    with transaction():
        ensure_roles()
        role = Role.objects.get(code="clerk")
    invite_staff(email=f"clerk-{uuid4().hex}@example.com", role_ids=[role.pk], by=SYSTEM, now=clock.now())


def _old_sign_up(_: Busy) -> None:
    with transaction():
        user = User.objects.create(email=f"never-{uuid4().hex}@example.com")
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
        User.objects.filter(pk=user.pk).update(created_at=clock.now() - timedelta(days=400))


def _old_events(busy: Busy) -> None:
    busy.sale()
    with transaction():
        EventCounter.objects.update(tidy_at=clock.now())


def _export(_: Busy) -> None:
    """Ask for an export, unless as many wait as may."""
    with suppress(TooManyExports):
        request_export(kind=Kind.PRODUCTS, file_format=FileFormat.XLSX, by=SYSTEM)


def _old_export(_: Busy) -> None:
    long_ago = clock.now() - timedelta(days=8)
    with transaction():
        export = Export.objects.create(
            kind=Kind.STOCK, status=ExportStatus.DONE, asked_by_id=SYSTEM.user_id, finished_at=long_ago
        )
        ExportFile.objects.create(export=export, name=f"gone/{export.pk}.csv", size_bytes=1, expires_at=long_ago)


def _feed(_: Busy) -> None:
    switch_feed_on(language="en", now=clock.now())


def _unseen_picture(_: Busy) -> None:
    url = f"https://pictures.example/{uuid4().hex}.jpg"
    long_ago = clock.now() - timedelta(days=2)
    with transaction():
        Picture.objects.create(url=url, status=PictureStatus.FAILED, looked_at=long_ago)


def _file(busy: Busy) -> None:
    busy.file()


def _picture(busy: Busy) -> None:
    with transaction():
        product = Product.objects.get(name="Mug")
        ProductImage.objects.create(product=product, url=f"{busy.address}/{uuid4().hex}.png", position=99)
    note_pictures()


CHORES: dict[str, Callable[[Busy], None]] = {
    "hansa.events.relay": _sale,
    "hansa.events.forget_events": _old_events,
    "hansa.inventory.publish_what_changed": _sale,
    "hansa.inventory.release_what_expired": _left_at_the_bank,
    "hansa.pricing.publish_what_holds_now": _new_prices,
    "hansa.checkout.reconcile_payments": _slow_bank,
    "hansa.accounts.forget_unverified": _old_sign_up,
    "hansa.checkout.forget_keys": _old_key,
    "hansa.payments.settle_due_refunds": _promised_refund,
    "hansa.carts.tidy_carts": _old_cart,
    "hansa.imports.import_upload": _file,
    "hansa.exports.write": _export,
    "hansa.exports.write_feed": _feed,
    "hansa.exports.forget_exported_files": _old_export,
    "hansa.catalog.fetch": _picture,
    "hansa.catalog.fold_what_changed": _new_prices,
    "hansa.catalog.forget_unused_pictures": _unseen_picture,
    "hansa.notifications.send_notification": _sale,
    "hansa.webhooks.deliver": _sale,
    "hansa.webhooks.offer_deliveries": _sale,
}
HANDLERS: dict[str, Callable[[Busy], None]] = {
    "hansa.domain.notifications.handlers.confirm_orders": _sale,
    "hansa.domain.notifications.handlers.invite": _invitation,
    "hansa.domain.orders.handlers.give_customer_their_guest_orders": _new_customer,
    "hansa.domain.checkout.handlers.cancel_unpaid_order": _left_at_the_bank,
    "hansa.domain.checkout.handlers.tell_order_of_refund": _refund,
}
"""Handlers run inside the task that relays events; these are of all kinds: a letter, another context, money."""

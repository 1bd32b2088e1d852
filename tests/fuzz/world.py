"""A shop with something of everything, and everybody who may ask for it."""

import itertools
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest

from hansa.domain.accounts.models import Customer, CustomerAddress, CustomerGroup, User
from hansa.domain.accounts.services.keep_address import keep_address
from hansa.domain.accounts.services.save_customer import save_customer
from hansa.domain.accounts.services.welcome import welcome
from hansa.domain.accounts.sessions import SessionStore
from hansa.domain.audit.models import AuditEntry
from hansa.domain.carts.models import CartLine
from hansa.domain.carts.services.create import create_cart
from hansa.domain.carts.services.wish import wish
from hansa.domain.carts.types import CartChanges, WantedLine
from hansa.domain.catalog.models import Product, Variant
from hansa.domain.events.models import Event
from hansa.domain.events.services.relay import relay_events
from hansa.domain.exports.models import FileFormat, Kind
from hansa.domain.exports.services.request_export import request_export
from hansa.domain.exports.services.switch_feed import switch_feed_on
from hansa.domain.fulfilment.models import ShippingMethod
from hansa.domain.imports.models import ImportRun
from hansa.domain.inventory.models import Warehouse
from hansa.domain.orders.models import Order
from hansa.domain.staff.models import ApiKey, Role
from hansa.domain.staff.selectors import get_authority
from hansa.domain.staff.services.api_keys import make_api_key
from hansa.domain.staff.services.create_staff import create_staff
from hansa.domain.staff.services.invite_staff import invite_staff
from hansa.domain.staff.services.save_role import save_role
from hansa.domain.staff.types import ALL_CAPABILITIES, SYSTEM
from hansa.domain.webhooks.services.endpoints import create_endpoint
from hansa.domain.webhooks.services.replay import send_test
from hansa.domain.work.services.perform import work_off
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.tokens import make_token
from hansa.kernel.transactions import transaction
from tests.people import ADDRESS, PASSWORD
from tests.worlds import draft, stock_shop
from tests.worlds_buying import promote
from tests.worlds_orders import buy, open_for_business

CARTS = 40
_BACKEND = "hansa.domain.accounts.authentication.TenantBackend"


@dataclass
class World:
    """A shop, and the ids of what is in it by what the API calls them."""

    tenant: TenantContext
    ids: dict[str, list[str | int]] = field(default_factory=dict)
    _customers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _customer: tuple[UUID, str] | None = None
    _leaver: tuple[UUID, str] | None = None
    _owner: UUID | None = None
    _key: tuple[UUID, str] | None = None
    _session: str = ""

    def token(self, kind: str, identifier: object) -> str:
        """Return what opens a cart or an order; for what is no id, what opens nothing."""
        try:
            known = UUID(str(identifier))
        except ValueError:
            return "0" * 32
        with tenant_scope(self.tenant):
            return make_token(kind, known)

    def filled(self, body: Any) -> Any:
        """Return the body with the first of each id in place of its `{name}`."""
        if isinstance(body, dict):
            return {name: self.filled(part) for name, part in body.items()}
        if isinstance(body, list):
            return [self.filled(part) for part in body]
        return self.ids[body[1:-1]][0] if isinstance(body, str) and body.startswith("{") else body

    def customer_session(self) -> str:
        """Return the session of a customer with an order, an address and a wish; of a new one when they left."""
        with tenant_scope(self.tenant):
            if self._customer is None or not self._is_there(self._customer[0]):
                self._customer = self._welcome(f"ada{next(self._customers)}@example.com")
            return self._customer[1]

    def leaver_session(self) -> str:
        """Return the session of a customer who is about to leave; the same one until they have."""
        with tenant_scope(self.tenant):
            if self._leaver is None or not self._is_there(self._leaver[0]):
                self._leaver = self._welcome(f"leaver{next(self._customers)}@example.com")
            return self._leaver[1]

    def key(self) -> str:
        """Return an API key with all scopes; a new one when it was revoked."""
        with tenant_scope(self.tenant):
            owner = self._owner_now()
            if self._key is None or not self._works(self._key[0]):
                made = make_api_key(name="ERP", scopes=ALL_CAPABILITIES, by=get_authority(owner), now=now())
                self._key = (made.row.pk, made.secret)
            return self._key[1]

    def staff_session(self) -> str:
        """Return the session of an owner in the back office."""
        with tenant_scope(self.tenant):
            owner = self._owner_now()
            with transaction():
                user = User.objects.get(pk=owner)
                if not self._session or not SessionStore(self._session).exists(self._session):
                    self._session = _log_in(user)
            return self._session

    def _owner_now(self) -> UUID:
        with transaction():
            is_there = self._owner and User.objects.filter(pk=self._owner, is_active=True).exists()
        if not is_there or not get_authority(self._owner or UUID(int=0)).may("api_keys.edit"):
            email = f"owner{next(self._customers)}@example.com"
            self._owner = create_staff(email=email, password=PASSWORD, role="owner").pk
            self._session = ""
        assert self._owner is not None
        return self._owner

    @staticmethod
    def _is_there(customer_id: UUID) -> bool:
        with transaction():
            return Customer.objects.filter(pk=customer_id, erased_at=None).exclude(user=None).exists()

    @staticmethod
    def _works(key_id: UUID) -> bool:
        with transaction():
            key = ApiKey.objects.get(pk=key_id)
        return key.revoked_at is None and (key.expires_at is None or key.expires_at > now())

    @staticmethod
    def _welcome(email: str) -> tuple[UUID, str]:
        with transaction():
            user = User(email=email)
            user.set_password(PASSWORD)
            user.save()
            customer = welcome(user_id=user.pk, email=email, now=now())
            for _ in range(5):
                keep_address(customer_id=customer.pk, parts=ADDRESS, is_default=True)
            wish(customer_id=customer.pk, product_id=Product.objects.values_list("pk", flat=True)[0])
            return customer.pk, _log_in(user)


def _log_in(user: User) -> str:
    asked = HttpRequest()
    asked.session = SessionStore()
    login(asked, user, backend=_BACKEND)
    asked.session.save()
    return str(asked.session.session_key)


def make_world(tenant: TenantContext) -> World:
    """Fill the shop."""
    world = World(tenant)
    open_for_business(tenant)
    stock_shop(tenant, draft("Hidden", is_published=False), *(draft(f"Plate {n}", price=100 * n) for n in range(1, 30)))
    promote(tenant, "Ten", code="TEN")
    world.customer_session()
    world.key()
    world.staff_session()
    with tenant_scope(tenant):
        ids = _fill_shop(world) | _fill_management(world)
    world.ids = {name: [str(one) for one in values] for name, values in (ids | WORDS).items()}
    return world


WORDS = {
    "country": ["DE", "AT", "US", "JP", "GB"],
    "postal_code": ["10115"],
    "city": ["Berlin"],
    "line1": ["1 High Street"],
    "email": ["ada@example.com", "bob@example.com"],
    "first_name": ["Ada"],
    "code": ["TEN"],
    "provider": ["manual"],
    "method": ["ok", "decline", "pending"],
    "currency": ["EUR"],
    "password": [PASSWORD],
    "webhook_url": ["https://shop.example/hook"],
    "filter": ["*", "order.*", "order.paid"],
    "sequence": ["0", "1"],
    "any_state": ["*"],
    "no_cursor": [""],
    "category_id": ["01a2020f-4308-703f-ad7b-e730be7c4271"],
    "scope": sorted(ALL_CAPABILITIES),
}
"""What may be tried that names nothing of this shop's."""


def _fill_shop(world: World) -> dict[str, Any]:
    """Make what shoppers meet; returns its ids, by what asks for them."""
    carts = [_cart() for _ in range(CARTS)]
    orders = [buy(email=email) for email in ("ada1@example.com", "ada1@example.com", "bob@example.com")]
    with transaction():
        products = Product.objects.filter(published_at__isnull=False)
        return {
            "cart_id": carts[:-1],
            "line_id": _ids(CartLine.objects.filter(cart_id__in=carts[-1:])),
            "lined_cart_id": carts[-1:],
            "order_id": orders,
            "variant_id": _ids(Variant.objects.all())[:20],
            "product_id": _ids(products)[:20],
            "slug": list(products.values_list("slug", flat=True)[:20]),
            "address_id": _ids(CustomerAddress.objects.all()),
            "shipping_method_id": _ids(ShippingMethod.objects.all()),
            "token": [world.token("cart", carts[0])],
        }


def _fill_management(world: World) -> dict[str, Any]:
    """Make what staff and integrations meet; returns its ids, by what asks for them."""
    for number in range(30):
        save_customer(customer=Customer(email=f"c{number:02}@example.com", name=f"Buyer {number % 3}"))
    roles = [save_role(role_id=None, name=f"Role {n}", capabilities=["orders.view"], by=SYSTEM) for n in range(20)]
    workers = [create_staff(email=f"w{n}@example.com", password=PASSWORD, role="clerk") for n in range(4)]
    by = get_authority(world._owner_now())  # noqa: SLF001  (its own file)
    spare = [make_api_key(name=f"Spare {n}", scopes=["orders.view"], by=by, now=now()) for n in range(20)]
    webhooks = [create_endpoint(url=f"https://h{n}.example/", filters=["order.*"]).row for n in range(20)]
    sent = [send_test(endpoint_id=webhooks[0].pk, now=now()).pk]
    relay_events(now=now())
    invited = [invite_staff(email=f"i{n}@example.com", role_ids=[roles[0].pk], by=by, now=now()) for n in range(20)]
    finished = request_export(kind=Kind.PRODUCTS, file_format=FileFormat.CSV, by=SYSTEM)
    feeds = [switch_feed_on(language=language, now=now()).pk for language in ("de", "fr", "nl")]
    work_off(now=now())
    waiting = [request_export(kind=Kind.ORDERS, file_format=FileFormat.XLSX, by=SYSTEM) for _ in range(2)]
    with transaction():
        group = CustomerGroup.objects.create(name="Club", code="club")
        events = _ids(Event.objects.exclude(sequence=None))[:20]
        Event.objects.filter(pk__in=events).update(status="failed")
        return {
            "customer": _ids(Customer.objects.filter(user=None)),
            "group_id": [group.pk],
            "role_id": _ids(Role.objects.exclude(code="owner")),
            "own_role_id": [role.pk for role in roles],
            "staff": [worker.pk for worker in workers],
            "invitation": [one.pk for one in invited],
            "api_key": [made.row.pk for made in spare],
            "product": _ids(Product.objects.all())[:20],
            "order": _ids(Order.objects.all()),
            "audit": _ids(AuditEntry.objects.exclude(seq=None))[:20],
            "export": [finished.pk],
            "open_export": [one.pk for one in waiting],
            "feed": feeds,
            "event": events,
            "webhook": [webhook.pk for webhook in webhooks[1:]],
            "sent_to": [webhooks[0].pk],
            "sent": sent,
            "warehouse_id": _ids(Warehouse.objects.all()),
            **_imports(),
        }


def _imports() -> dict[str, list[UUID]]:
    """Make imports that can be paused, resumed, cancelled and started; nobody works on them."""

    def some(status: str, *, is_dry_run: bool = False) -> list[UUID]:
        rows = [
            ImportRun(file_name="x.csv", file_format="shopify", status=status, is_dry_run=is_dry_run, storage_name="x")
            for _ in range(3)
        ]
        return [run.pk for run in ImportRun.objects.bulk_create(rows)]

    return {
        "import_waiting": some("pending"),
        "import_unwanted": some("pending"),
        "import_paused": some("paused"),
        "import_checked": some("done", is_dry_run=True),
    }


def _cart() -> UUID:
    with transaction():
        variant, *_ = Variant.objects.filter(product__name="Mug").values_list("pk", flat=True)
        method = ShippingMethod.objects.values_list("pk", flat=True)[0]
    changes = CartChanges(email="guest@example.com", shipping_address=ADDRESS, shipping_method_id=method)
    return create_cart(now=now(), lines=[WantedLine(variant, 1)], changes=changes).state.id


def _ids(rows: Any) -> list[UUID]:
    return list(rows.values_list("pk", flat=True))


SESSION_COOKIE, CSRF_COOKIE = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME

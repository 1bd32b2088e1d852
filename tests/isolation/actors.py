"""Who asks: everybody who could want something of a shop, with what they may do there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings

from hansa.domain.staff.types import ALL_CAPABILITIES, PRESETS, SHOP_WIDE
from hansa.kernel.tenancy import tenant_scope
from hansa.kernel.tokens import make_token
from tests.isolation.registry import CART, CUSTOMER, EVERYBODY, LINK, ORDER, PERSON, PROVIDER, STAFF, Registered
from tests.isolation.world import Shop, World

_ALWAYS = frozenset({EVERYBODY, LINK, PROVIDER})
CSRF = "c" * 32


@dataclass(frozen=True)
class Actor:
    """Somebody in front of our shop."""

    name: str
    may: frozenset[str] = _ALWAYS
    session: str = ""
    key: str = ""
    """An API key; it counts for the management API only."""
    cart: tuple[UUID, str] | None = None
    order: tuple[UUID, str] | None = None
    beyond: Mapping[str, list[UUID]] = field(default_factory=dict)
    """Our own shop's things that this actor must not reach, by table."""

    def may_do(self, registered: Registered, method: str) -> bool:
        may = self.may if not self.key or "/manage/" in registered.key else _ALWAYS
        return (registered.read if method in {"GET", "HEAD"} else registered.write) in may

    def cookies(self) -> tuple[tuple[str, str], ...]:
        found = [(settings.CSRF_COOKIE_NAME, CSRF)]
        if self.session:
            found.append((settings.SESSION_COOKIE_NAME, self.session))
        if self.cart:
            found.append(("cart", f"{self.cart[0]}.{self.cart[1]}"))
        if self.order:
            found += [("order", self.order[1]), ("last_order", f"{self.order[0]}.{self.order[1]}")]
        return tuple(found)

    def headers(self, path: str) -> tuple[tuple[str, str], ...]:
        found = [("x-csrftoken", CSRF)]
        if self.key:
            found.append(("authorization", f"Bearer {self.key}"))
        if path.startswith("/api/v1/carts") and self.cart:
            found.append(("authorization", f"Cart {self.cart[1]}"))
        if path.startswith("/api/v1/orders") and self.order:
            found.append(("authorization", f"Order {self.order[1]}"))
        return tuple(found)


def actors(world: World) -> list[Actor]:
    """Return everybody who knocks at our shop's door."""
    ours, theirs = world.ours, world.theirs
    preset = {one.code: one.capabilities | _ALWAYS | {STAFF, PERSON} for one in PRESETS}
    limited = (ALL_CAPABILITIES - SHOP_WIDE) | _ALWAYS | {STAFF, PERSON}

    def of_ours(name: str, may: frozenset[str] = _ALWAYS, beyond: Mapping[str, list[UUID]] | None = None) -> Actor:
        return Actor(name, may, ours.sessions[name], beyond=beyond or {})

    carts = {"carts_cart": [ours.ids["carts_cart"][-1]], "carts_cartline": [ours.ids["carts_cartline"][-1]]}
    addresses = {"accounts_customeraddress": ours.ids["accounts_customeraddress"][1:]}
    orders = {"orders_order": ours.ids["orders_order"][1:], "payments_payment": ours.ids["payments_payment"][1:]}
    return [
        Actor("anonymous"),
        _holder("holder", ours, own_cart(ours), own_order(ours), may=_ALWAYS | {CART, ORDER}, beyond=carts | orders),
        _holder("other holder", ours, ours.ids["carts_cart"][-1], ours.ids["orders_order"][1]),
        _holder("their holder", theirs, own_cart(theirs), own_order(theirs)),
        Actor("their owner", session=theirs.sessions["owner"]),
        of_ours("owner", preset["owner"]),
        of_ours("clerk", preset["clerk"]),
        of_ours("read_only", preset["read-only"]),
        of_ours("at_warehouse", limited, _beyond(ours, "at_warehouse")),
        of_ours("at_category", limited, _beyond(ours, "at_category")),
        of_ours("customer", _ALWAYS | {CUSTOMER, PERSON}, addresses),
        Actor("their customer", session=theirs.sessions["customer"]),
        Actor("key", _ALWAYS | {"orders.view", "catalog.view"}, key=ours.key),
        Actor("their key", key=theirs.key),
        of_ours("suspended"),
        of_ours("expired_grant", _ALWAYS | {PERSON}),
    ]


def own_cart(shop: Shop) -> UUID:
    return shop.ids["carts_cart"][-2]


def own_order(shop: Shop) -> UUID:
    return shop.ids["orders_order"][0]


def _holder(
    name: str,
    shop: Shop,
    cart: UUID,
    order: UUID,
    *,
    may: frozenset[str] = _ALWAYS,
    beyond: Mapping[str, list[UUID]] | None = None,
) -> Actor:
    with tenant_scope(shop.tenant):
        tokens = (cart, make_token("cart", cart)), (order, make_token("order", order))
    return Actor(name, may, cart=tokens[0], order=tokens[1], beyond=beyond or {})


def _beyond(shop: Shop, limit: str) -> dict[str, list[UUID]]:
    """Return what somebody with this limit must not reach: another warehouse's stock, other shelves' products."""
    from hansa.domain.catalog.models import Category, Product, Variant
    from hansa.domain.inventory.models import StockItem, StockMovement, Warehouse
    from hansa.kernel.transactions import transaction

    with tenant_scope(shop.tenant), transaction():
        if limit == "at_warehouse":
            rows = [
                Warehouse.objects.filter(code="far"),
                StockItem.objects.filter(warehouse__code="far"),
                StockMovement.objects.filter(stock_item__warehouse__code="far"),
            ]
        else:
            rows = [
                Category.objects.filter(path__startswith="kitchen"),
                Product.objects.filter(category__path__startswith="kitchen"),
                Variant.objects.filter(product__category__path__startswith="kitchen"),
            ]
        return {one.model._meta.db_table: list(one.values_list("pk", flat=True)) for one in rows}

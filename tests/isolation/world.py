"""Three shops that differ in nothing but their words: every kind of thing is in each, with the same natural keys.

Each shop has a canary, a word that stands in every text that can hold one. Where it appears in another shop's
answer, a wall is down.
"""

import os
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import models

from hansa.kernel.actors import Actor, actor_scope
from hansa.kernel.clock import now
from hansa.kernel.postgresql.compiler import is_walled
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.isolation.tables import NOT_IN_THE_WORLD, rows_by_table, write_canaries

PASSWORD_HASH = "!"  # noqa: S105  (nobody of this world logs in with a password)
_numbers = count(1)


@dataclass
class Shop:
    """One shop of the world: its tenant, its canary, the ids of its things, and how its people get in."""

    tenant: TenantContext
    canary: str
    ids: dict[str, list[UUID]] = field(default_factory=dict)
    """The ids of its rows, by table, oldest first."""
    sessions: dict[str, str] = field(default_factory=dict)
    """Session keys, by the actor's name."""
    people: dict[str, UUID] = field(default_factory=dict)
    key: str = ""
    """An API key."""

    @property
    def host(self) -> str:
        return f"{self.tenant.slug}.localhost"


@dataclass
class World:
    """The crawled shop, the one next door, and a third."""

    ours: Shop
    theirs: Shop
    third: Shop

    @property
    def shops(self) -> tuple[Shop, ...]:
        return self.ours, self.theirs, self.third


def make_world() -> World:
    """Make the three shops."""
    world = World(*(_make_shop(letter) for letter in "abc"))
    for shop in world.shops:
        shop.ids = rows_by_table(shop.tenant.id)
    return world


def _make_shop(letter: str) -> Shop:
    from hansa.domain.tenants.services.create import create_tenant

    number = f"{os.getpid()}-{next(_numbers)}"
    canary = f"Kanari{letter}{os.getpid()}n{next(_numbers)}"
    shop = Shop(create_tenant(slug=f"isolated-{letter}-{number}", name="Shop"), canary)
    operator = Actor(kind="system", label="command:make_world")
    with tenant_scope(shop.tenant):
        with actor_scope(operator):
            _stock(shop)
        _hire(shop)
        with actor_scope(operator), transaction():
            _fill_the_rest(shop)
    write_canaries(shop.tenant.id, canary)
    return shop


def _stock(shop: Shop) -> None:
    """Put goods, prices and customers into the shop, and let two people buy."""
    from hansa.domain.accounts.models import Customer, CustomerAddress, CustomerGroup, User
    from hansa.domain.catalog.models import Product, Variant
    from hansa.domain.checkout.services.refund_order import refund_order
    from hansa.domain.inventory.models import Warehouse
    from hansa.domain.inventory.services.create_warehouse import create_warehouse
    from hansa.domain.inventory.services.receive import receive
    from hansa.domain.inventory.services.set_bundle import set_bundle
    from hansa.domain.payments.services.issue_gift_card import issue_gift_card
    from hansa.domain.pricing.models import PriceList, PriceListItem
    from hansa.domain.pricing.services.save_price_list import save_price_list
    from hansa.domain.pricing.services.set_product_tax_class import set_product_tax_class
    from tests.worlds import draft, stock_shop
    from tests.worlds_buying import open_shop, promote
    from tests.worlds_orders import buy
    from tests.worlds_pickup import open_counter

    words = shop.canary
    open_shop(shop.tenant)
    stock_shop(
        shop.tenant,
        *(
            draft(
                name,
                price=price,
                stock=500,
                description=f"<p>{words}</p>",
                vendor=words,
                category_names=("Kitchen", "Ceramics") if name == "Mug" else ("Garden",),
                attributes={"Color": ("Blue",)},
                tags=("gift",),
            )
            for name, price in (("Mug", 1000), ("Bowl", 2500), ("Gift set", 3000))
        ),
    )
    promote(shop.tenant, "Ten off", code="SAVE10", usage_limit_per_customer=5, usage_limit=500)
    open_counter(shop.tenant, "Harbour")
    with transaction():
        variants = dict(Variant.objects.values_list("product__name", "pk"))
        mug = Product.objects.get(name="Mug")
    for name, pk in variants.items():
        with transaction():
            Variant.objects.filter(pk=pk).update(sku=f"SKU-{name}")
    set_product_tax_class(product_id=mug.pk, tax_class_code="standard")
    create_warehouse(name="Far away", code="far")
    with transaction():
        far = Warehouse.objects.get(code="far")
    receive(quantities={variants["Mug"]: 50}, warehouse_id=far.pk, actor="test", now=now(), reason=words)
    set_bundle(bundle_id=variants["Gift set"], components={variants["Bowl"]: 2}, now=now())
    for number in (1, 2):
        listing = save_price_list(price_list=PriceList(name=f"Club {number}", currency="EUR"))
        with transaction():
            PriceListItem.objects.create(price_list=listing, variant_id=variants["Mug"], min_quantity=5, amount=900)
            group = CustomerGroup.objects.create(name=f"Wholesale {number}", code=f"wholesale-{number}")
            email = f"c{number}@example.com"
            user = User.objects.create(email=email, name="customer", password=PASSWORD_HASH)
            customer = Customer.objects.create(email=email, name=words, group=group, user=user)
            CustomerAddress.objects.create(customer=customer, parts=_home(words), is_default=True)
        if number == 1:
            shop.sessions["customer"] = _session_of(user)
        issue_gift_card(amount=5000, currency="EUR", now=now())
    for email in ("ada@example.com", "grace@example.com", "joan@example.com"):
        order = buy(mugs=1, bowls=1, email=email, promotion_codes=("SAVE10",), billing_address=_home(words))
    refund_order(order_id=order, reason_code="damaged", actor="test", amount=500, now=now())
    for _ in range(2):
        _fill_cart(variants["Mug"], words)


def _home(words: str) -> dict[str, str]:
    from tests.worlds_orders import ADA

    return {**dict.fromkeys(("company", "region", "phone"), ""), **ADA, "line2": words}


def _fill_cart(variant: UUID, words: str) -> None:
    from hansa.domain.carts.services.create import create_cart
    from hansa.domain.carts.types import CartChanges, WantedLine

    changes = CartChanges(email="ada@example.com", shipping_address=_home(words))
    create_cart(now=now(), lines=[WantedLine(variant, 2)], changes=changes)


def _hire(shop: Shop) -> None:
    """Give the shop people of every kind, each with a session."""
    from hansa.domain.accounts.models import User
    from hansa.domain.catalog.models import Category
    from hansa.domain.inventory.models import Warehouse
    from hansa.domain.staff.models import Assignment, Role, SupportGrant
    from hansa.domain.staff.selectors import get_authority
    from hansa.domain.staff.services.api_keys import make_api_key
    from hansa.domain.staff.services.change_staff import limit_staff
    from hansa.domain.staff.services.invite_staff import invite_staff
    from hansa.domain.staff.services.roles import ensure_roles
    from hansa.domain.staff.services.support import grant_support
    from hansa.domain.staff.types import SYSTEM

    with transaction():
        ensure_roles()
        roles = {role.code: role for role in Role.objects.all()}
        everything = Role.objects.create(name="Everything", code="everything", capabilities=roles["owner"].capabilities)
    for name, role in (
        ("owner", roles["owner"]),
        ("second_owner", roles["owner"]),
        ("clerk", roles["clerk"]),
        ("colleague", roles["clerk"]),
        ("read_only", roles["read-only"]),
        ("at_warehouse", everything),
        ("at_category", everything),
        ("suspended", roles["owner"]),
    ):
        with transaction():
            user = User.objects.create(email=f"{name}@example.com", name=name, is_staff=True, password=PASSWORD_HASH)
            Assignment.objects.create(user=user, role=role)
        shop.people[name] = user.pk
        shop.sessions[name] = _session_of(user)
    with transaction():
        near, garden = Warehouse.objects.get(is_default=True), Category.objects.get(name="Garden")
        User.objects.filter(pk=shop.people["suspended"]).update(is_active=False)
    limit_staff(user_id=shop.people["at_warehouse"], permission="inventory.view_warehouse", objects=[near], by=SYSTEM)
    limit_staff(user_id=shop.people["at_category"], permission="catalog.view_category", objects=[garden], by=SYSTEM)
    grant = grant_support(
        email="support@platform.example",
        reason=shop.canary,
        capabilities=["orders.view"],
        lasts=timedelta(hours=1),
        now=now() - timedelta(hours=2),
    )
    with transaction():
        SupportGrant.objects.filter(pk=grant.pk).update(used_at=now() - timedelta(hours=2))
        shop.sessions["expired_grant"] = _session_of(User.objects.get(pk=grant.user_id))
    owner = get_authority(shop.people["owner"])
    for number in (1, 2):
        shop.key = make_api_key(
            name=f"Key {number}", scopes=["orders.view", "catalog.view"], by=owner, now=now()
        ).secret
        email, of = f"new{number}@example.com", [roles["clerk"].pk]
        invite_staff(email=email, role_ids=of, by=owner, now=now())


def _session_of(user: Any) -> str:
    from hansa.domain.accounts.sessions import SessionStore

    with transaction():
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
    return str(session.session_key)


def _fill_the_rest(shop: Shop) -> None:
    """Put a row into every tenant-owned table that has none yet, made of nothing but its columns' kinds.

    Where a table's conditions do not take such a row, `_stock` has to make a real one.
    """
    from hansa.domain.accounts.models import User

    owned = [model for model in apps.get_models() if is_walled(model) and model._meta.managed]
    User.objects.create(email="ghost@example.com", name="ghost", password=PASSWORD_HASH)  # whose rows they are
    for _ in range(2):  # what hangs on another empty table comes in the second round
        for model in owned:
            if model._meta.db_table not in NOT_IN_THE_WORLD and not model._base_manager.exists():  # noqa: SLF001  (Django's own)
                model._base_manager.create(**_values(model, shop.canary))  # noqa: SLF001


def _values(model: type[models.Model], words: str) -> dict[str, Any]:
    return {
        column.attname: _value(column, words)
        for column in model._meta.local_concrete_fields
        if not column.has_default() and not column.null and not column.has_db_default() and not column.blank
    }


def _value(column: Any, words: str) -> Any:
    if column.is_relation:
        return column.related_model._base_manager.order_by("pk").values_list("pk", flat=True).last()  # noqa: SLF001
    if column.choices:
        return column.choices[0][0]
    kinds: tuple[tuple[type[models.Field[Any, Any]], Any], ...] = (
        (models.UUIDField, uuid4()),
        (models.BooleanField, False),
        (models.IntegerField, 1),
        (models.DateTimeField, now()),
        (models.BinaryField, b"1"),
        (models.JSONField, {"words": words}),
        (models.GenericIPAddressField, "192.0.2.1"),
        (models.CharField, words[: column.max_length]),
        (models.TextField, words),
    )
    return next(value for kind, value in kinds if isinstance(column, kind))

"""Make a variant a bundle of others, or no longer one."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection

from hansa.domain.catalog.models import Variant
from hansa.domain.inventory.errors import InvalidBundle, VariantNotFound
from hansa.domain.inventory.models import BundleComponent, StockChange, StockItem
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction

MAX_COMPONENTS = 100
MAX_OF_ONE = 9999


def set_bundle(*, bundle_id: UUID, components: Mapping[UUID, int], now: datetime) -> None:
    """Let the bundle consist of these variants (pieces of each in one bundle); empty: it is no bundle.

    A bundle has no stock of its own: it has what its parts allow, and its stock must be counted. Raises
    InvalidBundle, also for a bundle in a bundle, and VariantNotFound. Locks the tenant's bundles, as one
    advisory lock, so that two cannot be put into each other at the same time.
    """
    _check(bundle_id, components)
    with transaction():
        with connection.cursor() as cursor:
            key = f"hansa.inventory.bundles/{get_current_tenant().id}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        variants = Variant.objects.in_bulk([bundle_id, *components])
        for variant_id in (bundle_id, *components):
            if variant_id not in variants:
                message = f"There is no variant with the id {variant_id}."
                raise VariantNotFound(message)
        if components and not variants[bundle_id].is_stock_tracked:
            message = "The stock of a bundle must be counted, or it would sell when its parts are gone. Switch it on."
            raise InvalidBundle(message)
        if components and (
            BundleComponent.objects.filter(component=bundle_id).exists()
            or BundleComponent.objects.filter(bundle__in=components).exists()
        ):
            message = "A bundle cannot be part of a bundle. Use its parts instead."
            raise InvalidBundle(message)
        BundleComponent.objects.filter(bundle=bundle_id).delete()
        BundleComponent.objects.bulk_create(
            BundleComponent(bundle_id=bundle_id, component_id=component_id, quantity=quantity)
            for component_id, quantity in components.items()
        )
        # The catalogue shows what the parts allow, or again what the variant itself has.
        items = StockItem.objects.filter(variant=bundle_id)
        StockChange.objects.bulk_create(StockChange(stock_item=item, changed_at=now) for item in items)


def _check(bundle_id: UUID, components: Mapping[UUID, int]) -> None:
    if bundle_id in components:
        message = "A bundle cannot be part of itself."
        raise InvalidBundle(message)
    if len(components) > MAX_COMPONENTS:
        message = f"A bundle has at most {MAX_COMPONENTS} different parts, not {len(components)}."
        raise InvalidBundle(message)
    for quantity in components.values():
        if not 1 <= quantity <= MAX_OF_ONE:
            message = f"A bundle takes 1 to {MAX_OF_ONE} pieces of a part, not {quantity}."
            raise InvalidBundle(message)

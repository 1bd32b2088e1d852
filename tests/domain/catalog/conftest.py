"""What the catalogue's tests share."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hansa.kernel.tenancy import TenantContext, tenant_scope

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)


@pytest.fixture
def now() -> datetime:
    """Return the instant at which these tests happen."""
    return NOW


@pytest.fixture
def later(now: datetime) -> datetime:
    """Return an instant three hours after `now`."""
    return now + timedelta(hours=3)


@pytest.fixture
def in_shop(shop: TenantContext) -> Iterator[TenantContext]:
    """Enter our shop; afterwards its listing must equal a rebuild, whatever the test did."""
    from hansa.domain.catalog.services.listing import rebuild_listing
    from hansa.kernel.transactions import transaction

    with tenant_scope(shop):
        yield shop
        with transaction():
            kept = derived_rows()
            assert rebuild_listing() == 0, "a service left the listing stale"
            assert derived_rows() == kept, "a service left placements, facts or search words stale"


def derived_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Return everything that is derived for shoppers, for comparing."""
    from django.db import connection

    rows: dict[str, list[tuple[Any, ...]]] = {}
    for table in ("catalog_listing", "catalog_placement", "catalog_listing_attribute", "catalog_search"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            rows[table] = cursor.fetchall()
    return rows


@pytest.fixture
def mug(in_shop: TenantContext, now: datetime) -> Any:  # noqa: ARG001  (the mug stands in it)
    """Return a published mug in two sizes."""
    return make_mug(now)


@pytest.fixture
def documents() -> Callable[[], list[dict[str, Any]]]:
    """Return a function that reads what shoppers see."""
    from hansa.domain.catalog.queries import ListingQuery
    from hansa.domain.catalog.selectors import get_listing_page

    return lambda: get_listing_page(ListingQuery(limit=100)).documents()


def make_mug(now: datetime, **fields: Any) -> Any:
    """Create a published mug in two sizes in the current shop."""
    from hansa.domain.catalog.services.create_product import create_product
    from hansa.domain.catalog.types import VariantDraft

    defaults: dict[str, Any] = {
        "name": "Speckled mug",
        "vendor": "Aria",
        "option_names": ["Size"],
        "variants": [
            VariantDraft(option_values=("Small",), price_amount=1800, sku="MUG-S", stock_quantity=4),
            VariantDraft(option_values=("Large",), price_amount=2200, sku="MUG-L", stock_quantity=0),
        ],
        "is_published": True,
    }
    return create_product(now=now, **(defaults | fields))


def reload(row: Any) -> Any:
    """Read the row again."""
    from hansa.kernel.transactions import transaction

    with transaction():
        row.refresh_from_db()
    return row

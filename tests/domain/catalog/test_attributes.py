"""Facts about products, which shoppers filter by. After every test the listing must equal a rebuild (conftest)."""

import threading
from datetime import datetime
from typing import Any

import pytest

from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.domain.catalog.conftest import derived_rows, make_mug


def _set(product: Any, attributes: dict[str, list[str]], now: datetime) -> None:
    from hansa.domain.catalog.services.set_product_attributes import set_product_attributes

    set_product_attributes(product_id=product.pk, attributes=attributes, now=now)


def _facts(product: Any) -> set[tuple[str, str]]:
    from hansa.kernel.transactions import transaction

    with transaction():
        return set(product.attributes.values_list("attribute__name", "value"))


def _found(name: str, value: str) -> int:
    from hansa.domain.catalog.queries import ListingQuery
    from hansa.domain.catalog.selectors import get_listing_page

    return len(get_listing_page(ListingQuery(attributes=((name, value),))).documents())


def test_a_product_has_exactly_the_facts_that_were_set(mug: Any, now: datetime) -> None:
    _set(mug, {"Material": ["Clay", "Glaze"], "Farbe": ["Blau"]}, now)
    assert _facts(mug) == {("material", "Clay"), ("material", "Glaze"), ("farbe", "Blau")}
    assert _found("material", "Glaze") == 1
    _set(mug, {"Material": ["Clay", " "]}, now)
    assert _facts(mug) == {("material", "Clay")}
    assert _found("material", "Glaze") == 0


def test_labels_that_make_the_same_name_are_the_same_attribute(mug: Any, now: datetime) -> None:
    _set(mug, {"Material": ["Clay"], "material ": ["Glaze"]}, now)
    assert _facts(mug) == {("material", "Clay"), ("material", "Glaze")}


def test_two_threads_that_invent_one_attribute_share_it(shop: TenantContext, now: datetime) -> None:
    with tenant_scope(shop):
        mugs = [make_mug(now, name=f"Mug {number}") for number in range(2)]
    start = threading.Barrier(2)

    def describe(product: Any) -> None:
        from django.db import connection

        with tenant_scope(shop):
            start.wait()
            _set(product, {"Glaze": ["Matt"]}, now)
        connection.close()

    threads = [threading.Thread(target=describe, args=[mug]) for mug in mugs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant_scope(shop):
        assert _found("glaze", "Matt") == 2


def test_renaming_an_attribute_reaches_every_products_facts(mug: Any, now: datetime) -> None:
    from hansa.domain.catalog.models import Attribute
    from hansa.domain.catalog.services.save_attribute import save_attribute
    from hansa.kernel.transactions import transaction

    _set(mug, {"Material": ["Clay"]}, now)
    with transaction():
        attribute = Attribute.objects.get(name="material")
    attribute.name = "stuff"
    save_attribute(attribute=attribute)
    assert (_found("stuff", "Clay"), _found("material", "Clay")) == (1, 0)
    attribute.is_filterable = False
    save_attribute(attribute=attribute)
    assert _found("stuff", "Clay") == 0


def test_a_deleted_attribute_leaves_no_fact_behind(mug: Any, now: datetime) -> None:
    from hansa.domain.catalog.errors import AttributeNotFound
    from hansa.domain.catalog.models import Attribute
    from hansa.domain.catalog.services.save_attribute import delete_attribute
    from hansa.kernel.transactions import transaction

    _set(mug, {"Material": ["Clay"]}, now)
    with transaction():
        attribute = Attribute.objects.get(name="material")
    delete_attribute(attribute_id=attribute.pk)
    assert _facts(mug) == set()
    with pytest.raises(AttributeNotFound):
        delete_attribute(attribute_id=attribute.pk)


@pytest.mark.parametrize(
    "attributes",
    [
        {" ": ["x"]},
        {"\u2060": ["x"]},
        {"x" * 201: ["x"]},
        {"Material": ["x" * 256]},
        {"Material": [str(n) for n in range(251)]},
    ],
)
def test_facts_that_cannot_be_stored_are_refused_and_change_nothing(
    mug: Any, now: datetime, attributes: dict[str, list[str]]
) -> None:
    from hansa.domain.catalog.errors import InvalidAttribute
    from hansa.kernel.transactions import transaction

    _set(mug, {"Material": ["Clay"]}, now)
    with transaction():
        before = derived_rows()
    with pytest.raises(InvalidAttribute):
        _set(mug, attributes, now)
    assert _facts(mug) == {("material", "Clay")}
    with transaction():
        assert derived_rows() == before


def test_a_name_that_another_attribute_has_is_refused(mug: Any, now: datetime) -> None:
    from hansa.domain.catalog.errors import NameTaken
    from hansa.domain.catalog.models import Attribute
    from hansa.domain.catalog.services.save_attribute import save_attribute

    _set(mug, {"Material": ["Clay"]}, now)
    with pytest.raises(NameTaken):
        save_attribute(attribute=Attribute(name="material", label="Stuff"))


def test_a_rival_with_the_same_attribute_never_notices(
    shop: TenantContext, rival: TenantContext, now: datetime
) -> None:
    mugs = {}
    for tenant in (shop, rival):
        with tenant_scope(tenant):
            mugs[tenant.slug] = make_mug(now)
            _set(mugs[tenant.slug], {"Material": ["Clay"]}, now)
    with tenant_scope(shop):
        _set(mugs[shop.slug], {}, now)
    with tenant_scope(rival):
        assert _found("material", "Clay") == 1

"""Set the facts about a product."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from hansa.domain.catalog import text
from hansa.domain.catalog.errors import InvalidAttribute
from hansa.domain.catalog.models import Attribute, Product, ProductAttribute
from hansa.domain.catalog.services.locks import lock_product
from hansa.domain.catalog.services.settle_products import settle_products
from hansa.domain.catalog.services.violations import check_fields, named_violations
from hansa.kernel.errors import FieldError
from hansa.kernel.transactions import transaction

MAX_FACTS = 250
"""The most values one product has, over all its attributes."""
_NAME_CHARACTERS = 100


def set_product_attributes(*, product_id: UUID, attributes: Mapping[str, Sequence[str]], now: datetime) -> None:
    """Make the product have exactly these facts: {"Material": ["Linen", "Cotton"]}.

    An attribute that the shop does not know yet is made, as one that shoppers filter by. Raises
    ProductNotFound, InvalidAttribute. Locks the product.
    """
    wanted = {
        (text.slugify(label, max_characters=_NAME_CHARACTERS), value.strip()): label.strip()
        for label, values in attributes.items()
        for value in values
        if text.is_visible(value)
    }
    if any(not text.is_visible(label) for label in wanted.values()):
        message = "An attribute needs a label, such as Material."
        raise InvalidAttribute(message)
    with named_violations(), transaction():
        product = lock_product(product_id)
        known = _attributes({name: label for (name, _), label in wanted.items()})
        stored = {(fact.attribute_id, fact.value): fact for fact in product.attributes.all()}
        facts = {(known[name], value) for name, value in wanted}
        new = [
            ProductAttribute(product=product, attribute_id=pk, value=value)
            for pk, value in sorted(facts - stored.keys())
        ]
        save_product_attributes(
            product=product, saved=new, deleted=[stored[key] for key in stored.keys() - facts], now=now
        )


def save_product_attributes(
    *, product: Product, saved: Sequence[ProductAttribute], deleted: Sequence[ProductAttribute], now: datetime
) -> None:
    """Save facts whose fields somebody has set, new or changed, and delete others.

    Raises ProductNotFound, InvalidAttribute. Locks the product.
    """
    with named_violations(), transaction():
        lock_product(product.pk)
        ProductAttribute.objects.filter(product=product.pk, pk__in=[fact.pk for fact in deleted]).delete()
        for fact in saved:
            fact.product = product
            fact.value = fact.value.strip()
            check_fields(fact, InvalidAttribute)
            if not text.is_visible(fact.value):
                message = "An attribute's value has nothing in it that people can see. Write one."
                raise InvalidAttribute(message, errors=(FieldError("value", InvalidAttribute.code, message),))
            fact.save()
        if ProductAttribute.objects.filter(product=product.pk).count() > MAX_FACTS:
            message = f"A product takes at most {MAX_FACTS} attribute values."
            raise InvalidAttribute(message)
        settle_products(product_ids=[product.pk], now=now)


def _attributes(labels: Mapping[str, str]) -> dict[str, UUID]:
    """Return the ids of these attributes by name; those that the shop does not know yet are made."""
    known = dict(Attribute.objects.filter(name__in=labels).values_list("name", "pk"))
    new = [Attribute(name=name, label=label) for name, label in sorted(labels.items()) if name not in known]
    if not new:
        return known
    for attribute in new:
        check_fields(attribute, InvalidAttribute)
    # Another transaction may make the same one at this moment: then that one counts.
    Attribute.objects.bulk_create(new, ignore_conflicts=True)
    return dict(Attribute.objects.filter(name__in=labels).values_list("name", "pk"))

"""How far somebody's permission reaches: rows of people who are limited to some warehouses or categories.

What is out of reach does not exist for them: it is not listed, and asking for it answers 404.
"""

from typing import Any

from django.db.models import Model, Q, QuerySet

from hansa.domain.catalog.models import Category, Product, ProductAttribute, ProductImage, Variant
from hansa.domain.catalog.selectors import within_categories
from hansa.domain.inventory.models import StockItem, StockMovement, Warehouse
from hansa.domain.staff.errors import NotAllowed
from hansa.domain.staff.types import Authority

_WAREHOUSE_OF: dict[type[Model], str] = {
    Warehouse: "pk",
    StockItem: "warehouse_id",
    StockMovement: "stock_item__warehouse_id",
}
_CATEGORY_OF: dict[type[Model], str] = {
    Category: "",
    Product: "category",
    Variant: "product__category",
    ProductImage: "product__category",
    ProductAttribute: "product__category",
}


def narrow(rows: QuerySet[Any], who: Authority) -> QuerySet[Any]:
    """Return those of the rows that somebody may see at all."""
    if who.limits.warehouses is not None and rows.model in _WAREHOUSE_OF:
        rows = rows.filter(**{f"{_WAREHOUSE_OF[rows.model]}__in": who.limits.warehouses})
    if who.limits.categories is not None and rows.model in _CATEGORY_OF:
        rows = rows.filter(within_categories(who.limits.categories, _CATEGORY_OF[rows.model]))
    return rows


def check_place(item: Model, who: Authority) -> None:
    """Raise NotAllowed when a product or category would be put where somebody's permission does not reach."""
    if who.limits.categories is None or not isinstance(item, Product | Category):
        return
    place_id = item.category_id if isinstance(item, Product) else item.parent_id
    places = Category.objects.filter(pk=item.pk).values_list("parent_id", flat=True)
    if isinstance(item, Category) and place_id in places:
        return  # it stays where it is
    allowed = within_categories(who.limits.categories, "")
    if not Category.objects.filter(allowed & Q(pk=place_id)).exists():
        message = "You work in some categories only. Choose one of them, or a place below."
        raise NotAllowed(message)

"""How far somebody's permission reaches: rows of lists, pages and forms of people who are limited to some objects."""

from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from hansa.domain.accounts.models import User
from hansa.domain.catalog.models import Category, Product, ProductAttribute, ProductImage, Variant
from hansa.domain.catalog.selectors import within_categories
from hansa.domain.inventory.models import StockItem, StockMovement, Warehouse
from hansa.domain.staff.errors import NotAllowed
from hansa.domain.staff.permissions import authority_of
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


def authority(request: HttpRequest) -> Authority:
    """Return what whoever asks may do; somebody who is not logged in may do nothing."""
    return authority_of(request.user) if isinstance(request.user, User) else Authority(user_id=UUID(int=0))


def may_set_stock(request: HttpRequest) -> bool:
    """Tell whether a product's page may set its stock, which is that of the default warehouse."""
    who = authority(request)
    return who.may("stock.edit") and who.limits.warehouses is None


def within_reach(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return those of the rows that the person may see at all: what is out of reach does not exist for them."""
    limits = authority(request).limits
    if limits.warehouses is not None and rows.model in _WAREHOUSE_OF:
        rows = rows.filter(**{f"{_WAREHOUSE_OF[rows.model]}__in": limits.warehouses})
    if limits.categories is not None and rows.model in _CATEGORY_OF:
        rows = rows.filter(within_categories(limits.categories, _CATEGORY_OF[rows.model]))
    return rows


def check_reach(request: HttpRequest, item: Model) -> None:
    """Raise NotAllowed when a form would put something where the person's permission does not reach."""
    limits = authority(request).limits
    if limits.categories is None or not isinstance(item, Product | Category):
        return
    place_id = item.category_id if isinstance(item, Product) else item.parent_id
    places = Category.objects.filter(pk=item.pk).values_list("parent_id", flat=True)
    if isinstance(item, Category) and place_id in places:
        return  # it stays where it is
    allowed = within_categories(limits.categories, "")
    if not Category.objects.filter(allowed & Q(pk=place_id)).exists():
        message = "You work in some categories only. Choose one of them, or a place below."
        raise NotAllowed(message)

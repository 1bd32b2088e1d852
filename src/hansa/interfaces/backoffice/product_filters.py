"""How staff narrow the list of products."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from hansa.domain.catalog.models import Category
from hansa.domain.catalog.selectors import list_products
from hansa.interfaces.backoffice.form_fields import tree

type Lookups = list[tuple[str, str]]

_MOST_CHOICES = 200


class ArchiveFilter(SimpleListFilter):
    """The archive is shown only to those who ask for it."""

    title = "archive"
    parameter_name = "archive"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Lookups:  # noqa: ARG002  (Django's signature)
        """Offer the archive, and everything."""
        return [("archived", "Archived"), ("all", "All")]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Call the default by its name."""
        first, *others = super().choices(changelist)
        yield first | {"display": "In use"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002  (Django's signature)
        """Leave out what is archived unless asked."""
        if self.value() == "all":
            return queryset
        return queryset.filter(archived_at__isnull=self.value() != "archived")


class CategoryFilter(SimpleListFilter):
    """A category, with all that stands below it."""

    title = "category"
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Lookups:  # noqa: ARG002  (Django's signature)
        """Offer the tree, indented."""
        categories = tree()[:_MOST_CHOICES]
        offered = [(str(item.pk), "\u2003" * item.path.count("/") + item.name) for item in categories]
        return [*offered, ("none", "Without category")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002  (Django's signature)
        """Choose the products on this shelf and below."""
        chosen = self.value()
        if not chosen:
            return queryset
        if chosen == "none":
            return queryset.filter(category=None)
        category = next((item for item in Category.objects.all() if str(item.pk) == chosen), None)
        if category is None:
            return queryset.none()
        return queryset.filter(pk__in=list_products().in_category(category).values("pk"))


class StockFilter(SimpleListFilter):
    """Whether anything of the product can be bought."""

    title = "stock"
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Lookups:  # noqa: ARG002  (Django's signature)
        """Offer both."""
        return [("in", "In stock"), ("out", "Out of stock")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002  (Django's signature)
        """Choose by what can be bought."""
        buyable = list_products().in_stock().values("pk")
        if self.value() == "in":
            return queryset.filter(pk__in=buyable)
        return queryset.exclude(pk__in=buyable) if self.value() == "out" else queryset


class VendorFilter(SimpleListFilter):
    """The vendors, those with the most products first."""

    title = "vendor"
    parameter_name = "vendor"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Lookups:  # noqa: ARG002  (Django's signature)
        """Offer the vendors that have most products."""
        vendors = list_products().live().exclude(vendor="").values_list("vendor").annotate(number=Count("pk"))
        return [(vendor, vendor) for vendor, _ in vendors.order_by("-number", "vendor")[:_MOST_CHOICES]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002  (Django's signature)
        """Choose one vendor's products."""
        return queryset.filter(vendor=self.value()) if self.value() else queryset

"""Categories in the back office."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import action, register
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.views import ChangeList

from hansa.domain.catalog.models import Category, Product
from hansa.domain.catalog.services.archive_category import (
    archive_category,
    check_category_is_empty,
    delete_category,
    restore_category,
)
from hansa.domain.catalog.services.create_category import create_category
from hansa.domain.catalog.services.move_category import move_category, rename_category
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.form_fields import CategoryField, in_tree_order, tree
from hansa.interfaces.backoffice.product_filters import ArchiveFilter
from hansa.interfaces.backoffice.refusals import Rows, ServiceAdmin
from hansa.interfaces.backoffice.site import backoffice
from hansa.kernel.clock import now
from hansa.kernel.errors import DomainError


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """A category as staff write it."""

    parent = CategoryField(required=False, empty_label="At the root")

    class Meta:
        model = Category
        fields = ("name", "parent", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (what a form takes)
        """Offer every place but those inside the category itself."""
        super().__init__(*args, **kwargs)
        places = tree()
        if not self.instance._state.adding:  # noqa: SLF001  (Django's own)
            places = places.exclude(pk=self.instance.pk).exclude(path__startswith=f"{self.instance.path}/")
        if "parent" in self.fields:
            self.fields["parent"].queryset = places  # type: ignore[attr-defined]
        if "position" in self.fields:
            self.fields["position"].help_text = "Its place among its siblings; small numbers first."


class TreeList(Rows):
    """The list of categories, as a tree."""

    def get_queryset(self, *args: Any, **options: Any) -> QuerySet[Category]:  # noqa: ANN401  (Django's signature)
        """Put children behind their parents."""
        return in_tree_order(super().get_queryset(*args, **options))


@register(Category, site=backoffice)
class CategoryAdmin(ServiceAdmin):
    """The tree of categories and the page of each."""

    form = CategoryForm
    list_display = ("place", "path", "product_total", "position")
    list_filter = (ArchiveFilter,)
    list_per_page = 200
    search_fields = ("name", "path")
    readonly_fields = ("path", "archived_at")
    fields = ("name", "parent", "position", "path", "archived_at")
    actions = ("archive", "restore")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        """Read the tree with the number of products on each shelf, in one statement however many there are."""
        products = Product.objects.filter(category=OuterRef("pk"), archived_at=None).order_by().values("category")
        categories: QuerySet[Category] = super().get_queryset(request)
        return categories.annotate(
            product_count=Coalesce(Subquery(products.annotate(found=Count("pk")).values("found")), 0)
        )

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:  # noqa: ANN401, ARG002  (Django's signature)
        """Give the list in the tree's order."""
        return TreeList

    @column("Category")
    def place(self, category: Category) -> SafeString:
        """Indent by the depth."""
        return format_html('<span style="padding-left:{}rem">{}</span>', 1.5 * category.path.count("/"), category.name)

    @column("Products")
    def product_total(self, category: Any) -> SafeString:  # noqa: ANN401  (a category with its count)
        """Lead to the products on this shelf and below."""
        products = reverse("admin:catalog_product_changelist")
        return format_html('<a href="{}?category={}">{}</a>', products, category.pk, category.product_count)

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Create, rename or move through the services."""
        if not change:
            made = create_category(name=obj.name, parent_id=obj.parent_id, position=obj.position or None)
            obj.pk = made.pk
        else:
            if "name" in form.changed_data:
                rename_category(category_id=obj.pk, name=obj.name)
            if {"parent", "position"} & set(form.changed_data):
                move_category(category_id=obj.pk, parent_id=obj.parent_id, position=obj.position)
        obj.refresh_from_db()

    def check_deletion(self, item: Category) -> None:
        """Refuse before asking, when something stands on the shelf."""
        check_category_is_empty(item)

    def delete_model(self, request: HttpRequest, obj: Category) -> None:  # noqa: ARG002  (Django's signature)
        """Delete through the service."""
        delete_category(category_id=obj.pk)

    @action(description="Archive (empty ones)")
    def archive(self, request: HttpRequest, queryset: QuerySet[Category]) -> None:
        """Take the chosen categories out of the tree, the deepest first."""
        self._each(request, queryset.order_by("-path"), "archived", restores=False)

    @action(description="Restore from the archive")
    def restore(self, request: HttpRequest, queryset: QuerySet[Category]) -> None:
        """Bring the chosen categories back, parents first."""
        self._each(request, queryset.order_by("path"), "restored", restores=True)

    def _each(self, request: HttpRequest, queryset: QuerySet[Category], word: str, *, restores: bool) -> None:
        """Do what can be done, and say of each other why not."""
        done = 0
        for category_id in list(queryset.values_list("pk", flat=True)):
            try:
                if restores:
                    restore_category(category_id=category_id)
                else:
                    archive_category(category_id=category_id, now=now())
            except DomainError as error:
                messages.error(request, error.message)
            else:
                done += 1
        if done:
            messages.success(request, f"{done} {word}.")

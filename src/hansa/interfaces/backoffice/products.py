"""Products in the back office."""

from typing import Any

from django import forms
from django.contrib.admin import action, register
from django.db.models import F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from hansa.domain.catalog import text
from hansa.domain.catalog.models import Product, ProductAttribute, ProductImage, Variant
from hansa.domain.catalog.services.add_image import add_image, add_image_url
from hansa.domain.catalog.services.archive_products import archive_products, restore_products
from hansa.domain.catalog.services.arrange_images import remove_images, update_image
from hansa.domain.catalog.services.publish_products import publish_products, unpublish_products
from hansa.domain.catalog.services.reassign_products import reassign_products
from hansa.domain.catalog.services.save_product import save_product
from hansa.domain.catalog.services.set_product_attributes import save_product_attributes
from hansa.domain.catalog.services.set_variants import check_option_values, save_variants
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.form_fields import CategoryField, MetadataField, WordsField, seen_stock, tree
from hansa.interfaces.backoffice.product_filters import ArchiveFilter, CategoryFilter, StockFilter, VendorFilter
from hansa.interfaces.backoffice.product_inlines import AttributeInline, ImageInline, VariantInline, thumbnail
from hansa.interfaces.backoffice.reach import check_reach
from hansa.interfaces.backoffice.refusals import ServiceAdmin
from hansa.interfaces.backoffice.site import backoffice
from hansa.kernel.clock import now
from hansa.kernel.money import Money

_STATUS_COLOURS = {"Published": "success", "Draft": "warning", "Archived": "danger"}


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """A product as staff write it."""

    category = CategoryField(required=False)
    tags = WordsField(required=False, help_text="Parted by commas.")
    option_names = WordsField(
        label="Options",
        required=False,
        help_text="What variants differ in, parted by commas: Size, Colour. At most 3. Empty: there is one variant.",
    )

    class Meta:
        model = Product
        fields = (
            *("name", "description", "category", "vendor", "tags", "option_names", "status"),
            *("seo_title", "seo_description", "metadata"),
        )
        field_classes = {"metadata": MetadataField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (what a form takes)
        """Offer the tree of today."""
        super().__init__(*args, **kwargs)
        if "category" in self.fields:
            self.fields["category"].queryset = tree()  # type: ignore[attr-defined]


@register(Product, site=backoffice)
class ProductAdmin(ServiceAdmin):
    """The list of products and the page of each."""

    form = ProductForm
    inlines = (VariantInline, ImageInline, AttributeInline)
    list_display = ("picture", "name", "state", "category", "price", "stock", "updated_at")
    list_display_links = ("name",)
    list_filter = ("status", CategoryFilter, StockFilter, VendorFilter, ArchiveFilter)
    list_select_related = ("category",)
    search_fields = ("name", "vendor", "variants__sku")
    search_help_text = "Name, SKU, vendor or tag"
    ordering = ("-created_at", "id")
    actions = ("publish", "unpublish", "archive", "restore", "move_to_category")
    readonly_fields = ("slug", "published_at", "archived_at", "updated_at")
    warn_unsaved_form = True
    fieldsets = (
        (None, {"fields": ("name", "description", ("category", "vendor"), ("tags", "option_names"), "status")}),
        (
            "Address and search engines",
            {"fields": ("slug", "seo_title", "seo_description"), "classes": ("collapse",)},
        ),
        (
            "More",
            {"fields": ("metadata", ("published_at", "archived_at", "updated_at")), "classes": ("collapse",)},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        """Read each product with its cover, its prices and its stock."""
        variants = Variant.objects.filter(product=OuterRef("pk")).order_by().values("product")
        covers = ProductImage.objects.filter(product=OuterRef("pk")).order_by("position", "id")
        products: QuerySet[Product] = super().get_queryset(request)
        return products.annotate(
            cover=Subquery(covers.values("url")[:1]),
            lowest=Subquery(variants.annotate(found=Min("price_amount")).values("found")),
            highest=Subquery(variants.annotate(found=Max("price_amount")).values("found")),
            currency=Subquery(variants.annotate(found=Min("currency")).values("found")),
            in_hand=Subquery(
                variants.annotate(found=Sum("stock_quantity", filter=Q(is_stock_tracked=True))).values("found")
            ),
        )

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002  (Django's signature)
        queryset: QuerySet[Product],
        search_term: str,
    ) -> tuple[QuerySet[Product], bool]:
        """Find by what the shop's own search box looks in, drafts included, or by a part of a SKU."""
        words = text.search_text(search_term[:200], "", (), (), "").split()
        if not words:
            return queryset, False
        in_text = Q()
        for word in words:
            in_text &= Q(search_text__contains=word)
        by_sku = Variant.objects.filter(sku__icontains=search_term.strip()).values("product")
        return queryset.filter(in_text | Q(pk__in=by_sku)), False

    def has_delete_permission(self, request: HttpRequest, obj: Product | None = None) -> bool:  # noqa: ARG002
        """Products are archived, not deleted: old orders refer to them."""
        return False

    def get_view_on_site_url(self, obj: Product | None = None) -> str | None:
        """Lead to the page in the shop, where there is one."""
        if obj is None or obj.status != Product.Status.PUBLISHED or obj.archived_at:
            return None
        return f"/p/{obj.slug}/"

    @column("")
    def picture(self, product: Any) -> SafeString | str:  # noqa: ANN401  (a product with annotations)
        """Show the cover."""
        return thumbnail(product.cover, 40) if product.cover else ""

    @column("Status", ordering="status", label=_STATUS_COLOURS)
    def state(self, product: Product) -> str:
        """Say in one word whether shoppers see it."""
        return "Archived" if product.archived_at else str(product.get_status_display())

    @column("Price", ordering="lowest")
    def price(self, product: Any) -> str:  # noqa: ANN401  (a product with annotations)
        """Show the price, or from where to where it goes."""
        if product.lowest is None:
            return "–"
        lowest, highest = Money(product.lowest, product.currency), Money(product.highest, product.currency)
        return lowest.display() if lowest == highest else f"{lowest.display()} – {highest.display()}"

    @column("Stock", ordering=F("in_hand").asc(nulls_first=True))
    def stock(self, product: Any) -> str:  # noqa: ANN401  (a product with annotations)
        """Show the sum over all variants that are counted."""
        return "not counted" if product.in_hand is None else str(product.in_hand)

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save through the service."""
        save_product(product=obj, now=now())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save what hangs on the product through the services, and see that the whole makes sense."""
        product: Product = form.instance
        for formset in formsets:
            changed = formset.save(commit=False)
            if formset.model is ProductImage:
                _save_images(product, formset)
            elif formset.model is Variant and (changed or formset.deleted_objects):
                shown = seen_stock(formset.initial_forms)
                deleted = formset.deleted_objects
                save_variants(product=product, saved=changed, deleted=deleted, now=now(), seen_stock=shown)
            elif formset.model is ProductAttribute and (changed or formset.deleted_objects):
                save_product_attributes(product=product, saved=changed, deleted=formset.deleted_objects, now=now())
        check_option_values(product=product)
        if product.status == Product.Status.PUBLISHED and product.archived_at is None:
            publish_products(product_ids=[product.pk], now=now())

    @action(description="Publish")
    def publish(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Show the chosen products to shoppers."""
        ids = _ids(queryset)
        self.run(request, lambda: publish_products(product_ids=ids, now=now()), "{number} published.")

    @action(description="Unpublish")
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Take the chosen products out of the shop."""
        ids = _ids(queryset)
        self.run(request, lambda: unpublish_products(product_ids=ids, now=now()), "{number} taken out of the shop.")

    @action(description="Archive")
    def archive(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Put the chosen products away."""
        ids = _ids(queryset)
        self.run(
            request, lambda: archive_products(product_ids=ids, now=now()), "{number} archived. The archive keeps them."
        )

    @action(description="Restore from the archive")
    def restore(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Bring the chosen products back."""
        ids = _ids(queryset)
        self.run(request, lambda: restore_products(product_ids=ids, now=now()), "{number} restored.")

    @action(description="Move to category …")
    def move_to_category(self, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse | None:
        """Ask for the category, then move."""
        ids = _ids(queryset)
        form = MoveForm(request.POST if "is_chosen" in request.POST else None)
        if form.is_valid():
            category = form.cleaned_data["category"]
            place = f"to {category}" if category else "out of their category"
            to = category.pk if category else None

            def move() -> int:
                check_reach(request, Product(category=category))
                return reassign_products(product_ids=ids, to=to, now=now())

            self.run(request, move, f"{{number}} moved {place}.")
            return None
        context = self.admin_site.each_context(request) | {
            "title": "Move to category",
            "opts": self.opts,
            "form": form,
            "product_ids": ids,
            "products": queryset.order_by("name")[:20],
        }
        return TemplateResponse(request, "backoffice/move_to_category.html", context)


class MoveForm(forms.Form):
    """Where to."""

    category = CategoryField(required=False, empty_label="Without category")

    def __init__(self, *args: Any) -> None:  # noqa: ANN401  (what a form takes)
        """Offer the tree of today."""
        super().__init__(*args)
        self.fields["category"].queryset = tree()  # type: ignore[attr-defined]


def _ids(queryset: QuerySet[Product]) -> list[Any]:
    return list(queryset.order_by().values_list("pk", flat=True))


def _save_images(product: Product, formset: Any) -> None:  # noqa: ANN401  (a formset of Django's making)
    """Add, change and remove pictures as the forms say."""
    if formset.deleted_objects:
        removed = [image.pk for image in formset.deleted_objects]
        remove_images(product_id=product.pk, image_ids=removed, now=now())
    for form in formset.forms:
        if not form.has_changed() or form in formset.deleted_forms:
            continue
        given = form.cleaned_data
        words = {"alt": given["alt"], "position": given["position"], "now": now(), "product_id": product.pk}
        is_new = form.instance._state.adding  # noqa: SLF001  (Django's own)
        if given.get("upload"):
            add_image(upload=given["upload"], **words)
            if not is_new:
                remove_images(product_id=product.pk, image_ids=[form.instance.pk], now=now())
        elif is_new:
            add_image_url(url=given["url"], **words)
        else:
            update_image(image_id=form.instance.pk, url=given["url"], **words)

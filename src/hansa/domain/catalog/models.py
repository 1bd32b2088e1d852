"""Tables of the catalogue. The derived ones, which shoppers read, are in `listing.sql`."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from hansa.domain.catalog.types import Shown
from hansa.domain.work.models import Job
from hansa.kernel.models import Archivable, TenantForeignKey, TenantOwned, TimestampedModel
from hansa.kernel.money import MAX_AMOUNT

MAX_METADATA_BYTES = 16 * 1024
MAX_OPTIONS = 3
MAX_VARIANTS = 2048
MAX_IMAGES = 250
MAX_DESCRIPTION_CHARACTERS = 100_000

_LIVE = Q(archived_at=None)


class Category(TenantOwned, Archivable, TimestampedModel):
    """A shelf of the shop; shelves hold shelves."""

    parent = TenantForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=200)
    slug = models.CharField(max_length=200, editable=False)
    path = models.CharField(max_length=1000, editable=False)
    """The slugs from the root, `kitchen/ceramics`: what an address needs, kept by the services."""
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "categories"
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "parent", "slug"],
                condition=_LIVE,
                nulls_distinct=False,
                name="catalog_category_slug",
            ),
            models.UniqueConstraint(fields=["tenant_id", "path"], condition=_LIVE, name="catalog_category_path"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="catalog_category_not_own_parent"),
        )
        indexes = (
            models.Index(fields=["tenant_id", "parent"], name="catalog_category_children"),
            models.Index(fields=["tenant_id", "slug"], name="catalog_category_by_slug"),
        )

    def __str__(self) -> str:
        """Say which shelf."""
        return self.name


class Product(TenantOwned, Archivable, TimestampedModel):
    """What a shopper looks at."""

    class Status(models.TextChoices):
        """Whether shoppers see it."""

        DRAFT = "draft"
        PUBLISHED = "published"

    category = TenantForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="products")
    name = models.CharField(max_length=300)
    slug = models.CharField(max_length=300, editable=False)
    source_key = models.CharField(max_length=300, null=True, editable=False)  # noqa: DJ001  (NULL: made by hand)
    """What the merchant's own file calls it (a Shopify handle); imports find the product by it."""
    description = models.TextField(blank=True, max_length=MAX_DESCRIPTION_CHARACTERS)
    vendor = models.CharField(max_length=200, blank=True)
    tags = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    option_names = ArrayField(models.CharField(max_length=100), default=list, blank=True, size=MAX_OPTIONS)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    seo_title = models.CharField("SEO title", max_length=300, blank=True)
    seo_description = models.CharField("SEO description", max_length=1000, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    search_text = models.TextField(blank=True, editable=False)
    """What the search box looks in: see `domain/catalog/text.py`."""
    popularity = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "slug"], condition=_LIVE, name="catalog_product_slug"),
            models.UniqueConstraint(
                fields=["tenant_id", "source_key"], condition=_LIVE, name="catalog_product_source_key"
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(published_at__isnull=False), name="catalog_product_published_when"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="catalog_product_named"),
        )
        indexes = (
            models.Index(fields=["tenant_id", "category"], name="catalog_product_by_category"),
            models.Index(fields=["tenant_id", "-created_at", "id"], name="catalog_product_by_age"),
        )

    def __str__(self) -> str:
        """Say which product."""
        return self.name


class ProductImage(TenantOwned):
    """A picture of a product: a URL elsewhere, or a file of ours."""

    product = TenantForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    url = models.CharField(max_length=2000)
    alt = models.CharField(max_length=500, blank=True)
    position = models.PositiveIntegerField(default=1)
    width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    height = models.PositiveIntegerField(null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "product", "url"], name="catalog_productimage_url"),
        )

    def __str__(self) -> str:
        """Say which picture."""
        return self.alt or self.url


class Variant(TenantOwned, TimestampedModel):
    """What goes into a cart: one product with one value for each of its options."""

    product = TenantForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    option_values = ArrayField(models.CharField(max_length=255), default=list, blank=True, size=MAX_OPTIONS)
    position = models.PositiveIntegerField(default=1)
    sku = models.CharField("SKU", max_length=255, blank=True)
    barcode = models.CharField(max_length=64, blank=True)
    currency = models.CharField(max_length=3, editable=False)
    price_amount = models.BigIntegerField(validators=[MinValueValidator(0)], help_text="In cents (minor units).")
    compare_at_amount = models.BigIntegerField(
        null=True, blank=True, validators=[MinValueValidator(0)], help_text="The former price, in cents."
    )
    is_stock_tracked = models.BooleanField(default=True)
    stock_quantity = models.IntegerField(default=0)
    sells_when_out_of_stock = models.BooleanField(default=False)
    # As last published by the inventory, as the stock is: pieces beyond the stock; NULL: without limit.
    backorder_limit = models.BigIntegerField(null=True, editable=False)
    # What the price lists say that are for everybody, as last published by pricing; NULL: nothing. Never dearer counts.
    listed_amount = models.BigIntegerField(null=True, editable=False)
    weight_grams = models.PositiveIntegerField(null=True, blank=True)
    requires_shipping = models.BooleanField(default=True)
    is_taxable = models.BooleanField(default=True)
    image = TenantForeignKey(ProductImage, on_delete=models.SET_NULL, null=True, blank=True, related_name="variants")
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar = ("position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "product", "option_values"], name="catalog_variant_option_values"
            ),
            models.CheckConstraint(
                condition=Q(price_amount__gte=0, price_amount__lte=MAX_AMOUNT), name="catalog_variant_price"
            ),
            models.CheckConstraint(
                condition=Q(compare_at_amount=None) | Q(compare_at_amount__gte=0, compare_at_amount__lte=MAX_AMOUNT),
                name="catalog_variant_compare_at",
            ),
        )
        indexes = (
            models.Index(fields=["tenant_id", "sku"], name="catalog_variant_by_sku"),
            models.Index(fields=["tenant_id", "image"], name="catalog_variant_by_image"),
            models.Index(
                fields=["tenant_id", "id"], condition=Q(listed_amount__isnull=False), name="catalog_variant_listed"
            ),
        )

    def __str__(self) -> str:
        """Say which variant."""
        return " / ".join(self.option_values) or self.sku or "Default"


class Attribute(TenantOwned):
    """A fact that products have and shoppers filter by, such as material."""

    name = models.SlugField(max_length=100, help_text="As it stands in an address: material")
    label = models.CharField(max_length=200)
    is_filterable = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["tenant_id", "name"], name="catalog_attribute_name"),)

    def __str__(self) -> str:
        """Say which fact."""
        return self.label


class ProductAttribute(TenantOwned):
    """One fact about one product."""

    product = TenantForeignKey(Product, on_delete=models.CASCADE, related_name="attributes")
    attribute = TenantForeignKey(Attribute, on_delete=models.CASCADE, related_name="products")
    value = models.CharField(max_length=255)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "product", "attribute", "value"], name="catalog_productattribute_value"
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "attribute"], name="catalog_productattribute_by"),)

    def __str__(self) -> str:
        """Say the fact."""
        return self.value


class PictureStatus(models.TextChoices):
    """Whether we have a picture that lies elsewhere."""

    PENDING = "pending", "Waiting"
    RUNNING = "running", "Being fetched"
    DONE = "done", "Ours"
    FAILED = "failed", "Failed"


class Picture(Job):
    """A picture that products name by a URL elsewhere, on its way to us: `ProductImage.url` finds it by `url`."""

    status = models.CharField(
        max_length=20,
        choices=PictureStatus,
        default=PictureStatus.PENDING,
        db_default=PictureStatus.PENDING,
        editable=False,
    )
    url = models.CharField("URL", max_length=2000, editable=False)
    host = models.CharField(max_length=253, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, default="", editable=False)
    """Of the file as it was fetched; files are named by it."""
    original = models.CharField(max_length=200, blank=True, default="", editable=False)
    """The file as it was fetched, with all that the camera noted: in the private storage, shown to nobody."""
    renditions = models.JSONField(default=list, editable=False)
    """`{url, width, height, format}` of each file that pages may show, the narrowest first."""
    files = models.JSONField(default=list, editable=False)
    """The names of those files in the default storage."""
    looked_at = models.DateTimeField(db_default=Now(), editable=False)
    """When somebody last asked whether a product shows it."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["tenant_id", "url"], name="catalog_picture_url"),)
        indexes = (
            models.Index(fields=["tenant_id", "host"], name="catalog_picture_by_host"),
            models.Index(fields=["tenant_id", "sha256"], name="catalog_picture_by_content"),
            models.Index(fields=["looked_at"], name="catalog_picture_by_look"),
        )

    def __str__(self) -> str:
        """Say which."""
        return self.url


class CatalogueChange(TenantOwned):
    """So many changes of what pages show. Written by triggers: see changes.sql."""

    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in Shown], editable=False)
    changes = models.BigIntegerField(db_default=1, editable=False)
    noted_at = models.DateTimeField(null=True, db_default=Now(), editable=False)
    """NULL: the sum of rows that were there before."""

    def __str__(self) -> str:
        """Say how many."""
        return f"{self.changes} of {self.kind}"

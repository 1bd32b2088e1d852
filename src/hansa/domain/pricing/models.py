"""Tables of pricing: price lists, price history, taxes and promotions."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from hansa.domain.accounts.models import CustomerGroup
from hansa.domain.catalog.models import Product, Variant
from hansa.domain.pricing.types import PPM, PromotionKind
from hansa.kernel.models import Archivable, TenantForeignKey, TenantOwned, TimestampedModel
from hansa.kernel.money import MAX_AMOUNT

CODE_PATTERN = r"^[A-Z0-9][A-Z0-9_-]{0,49}\Z"
COUNTRY_PATTERN = r"^[A-Z]{2}\Z"
MAX_QUANTITY = 9999
MAX_CONDITIONS = 500
"""Products, or categories, that one promotion may name."""
MAX_TIERS = 20

_AMOUNT = (MinValueValidator(0), MaxValueValidator(MAX_AMOUNT))
_RATE = (MinValueValidator(0), MaxValueValidator(PPM))
_COUNTRY = RegexValidator(COUNTRY_PATTERN, "Write the country as two capital letters (ISO 3166-1), for example DE.")
_VALIDITY = Q(valid_from=None) | Q(valid_until=None) | Q(valid_from__lt=F("valid_until"))


class PriceList(TenantOwned, TimestampedModel):
    """Prices that hold instead of the catalogue's: in a currency, for a group, for a time."""

    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    customer_group = TenantForeignKey(
        CustomerGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="price_lists"
    )
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True, help_text="The first instant without it.")
    priority = models.SmallIntegerField(default=0, help_text="Lower wins; among equals the lowest price.")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "name"], name="pricing_pricelist_name"),
            models.CheckConstraint(condition=_VALIDITY, name="pricing_pricelist_validity"),
        )
        indexes = (models.Index(fields=["tenant_id", "customer_group"], name="pricing_pricelist_by_group"),)

    def __str__(self) -> str:
        """Say which list."""
        return self.name


class PriceListItem(TenantOwned):
    """What a variant costs in a list, from a quantity on."""

    price_list = TenantForeignKey(PriceList, on_delete=models.CASCADE, related_name="items")
    variant = TenantForeignKey(Variant, on_delete=models.CASCADE, related_name="price_list_items")
    min_quantity = models.PositiveIntegerField(default=1)
    amount = models.BigIntegerField(validators=_AMOUNT, help_text="In cents (minor units).")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "price_list", "variant", "min_quantity"], name="pricing_pricelistitem_tier"
            ),
            models.CheckConstraint(
                condition=Q(min_quantity__gte=1, min_quantity__lte=MAX_QUANTITY), name="pricing_pricelistitem_quantity"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=MAX_AMOUNT), name="pricing_pricelistitem_amount"
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "variant", "price_list"], name="pricing_pricelistitem_variant"),)

    def __str__(self) -> str:
        """Say from which quantity on, and how much."""
        return f"{self.min_quantity}+: {self.amount}"


class PriceListChange(TenantOwned):
    """A moment at which what the listing shows may change. Written by triggers: see published.sql."""

    due_at = models.DateTimeField()

    def __str__(self) -> str:
        """Say when."""
        return str(self.due_at)


class PriceChange(TenantOwned):
    """A variant cost `amount` until `changed_at`. Written by a trigger on catalog_variant: see history.sql."""

    variant = TenantForeignKey(Variant, on_delete=models.CASCADE, related_name="price_changes")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["tenant_id", "variant", "changed_at"], name="pricing_pricechange_recent"),)

    def __str__(self) -> str:
        """Say what it cost."""
        return f"{self.amount} {self.currency} until {self.changed_at}"


class TaxClass(TenantOwned, TimestampedModel):
    """A kind of goods that is taxed alike: standard, reduced, books."""

    code = models.SlugField(max_length=50)
    name = models.CharField(max_length=200)
    is_default = models.BooleanField(default=False, help_text="For every product that has no other class.")

    class Meta:
        verbose_name_plural = "tax classes"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "code"], name="pricing_taxclass_code"),
            models.UniqueConstraint(
                fields=["tenant_id"], condition=Q(is_default=True), name="pricing_taxclass_one_default"
            ),
        )

    def __str__(self) -> str:
        """Say which class."""
        return self.name


class ProductTaxClass(TenantOwned):
    """The tax class of a product that has another than the default one."""

    product = TenantForeignKey(Product, on_delete=models.CASCADE, related_name="tax_classes")
    tax_class = TenantForeignKey(TaxClass, on_delete=models.CASCADE, related_name="products")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["tenant_id", "product"], name="pricing_producttaxclass_one"),)
        indexes = (models.Index(fields=["tenant_id", "tax_class"], name="pricing_producttaxclass_by"),)

    def __str__(self) -> str:
        """Say which class."""
        return str(self.tax_class)


class TaxRate(TenantOwned, TimestampedModel):
    """One tax at a place, for a time. See Note [Which tax rate] in `queries.py`."""

    tax_class = TenantForeignKey(TaxClass, on_delete=models.CASCADE, related_name="rates")
    name = models.CharField(max_length=100, help_text="As it stands on the invoice: VAT 19 %")
    country = models.CharField(max_length=2, validators=[_COUNTRY])
    region = models.CharField(max_length=10, blank=True, help_text="State or province, for example CA.")
    postal_from = models.CharField(max_length=12, blank=True)
    postal_until = models.CharField(max_length=12, blank=True)
    rate_ppm = models.PositiveIntegerField("rate", validators=_RATE, help_text="Millionths: 190000 is 19 %.")
    applies_to_shipping = models.BooleanField(default=True)
    priority = models.SmallIntegerField(
        default=1, help_text="Of equal numbers the most specific rate counts; different numbers add up."
    )
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True, help_text="The first instant without it.")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "tax_class", "country", "region", "postal_from", "priority", "valid_from"],
                nulls_distinct=False,
                name="pricing_taxrate_place",
            ),
            models.CheckConstraint(condition=Q(rate_ppm__gte=0, rate_ppm__lte=PPM), name="pricing_taxrate_rate"),
            models.CheckConstraint(condition=_VALIDITY, name="pricing_taxrate_validity"),
        )
        indexes = (models.Index(fields=["tenant_id", "country"], name="pricing_taxrate_by_country"),)

    def __str__(self) -> str:
        """Say which tax."""
        return f"{self.country} {self.name}"


class Market(TenantOwned, TimestampedModel):
    """Countries whose shoppers see prices alike: with tax, or without.

    The first country of the default market counts while a shopper's own is not known.
    """

    name = models.CharField(max_length=200)
    countries = ArrayField(models.CharField(max_length=2, validators=[_COUNTRY]), default=list, blank=True, size=250)
    prices_include_tax = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False, help_text="For every country that is in no other market.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "name"], name="pricing_market_name"),
            models.UniqueConstraint(
                fields=["tenant_id"], condition=Q(is_default=True), name="pricing_market_one_default"
            ),
        )

    def __str__(self) -> str:
        """Say which market."""
        return self.name


_KINDS = [(kind.value, kind.value.replace("_", " ")) for kind in PromotionKind]


class Promotion(TenantOwned, Archivable, TimestampedModel):
    """A rule that makes a basket cheaper, for everybody or for those who know its code."""

    name = models.CharField(max_length=200, help_text="Shoppers see it beside the discount.")
    code = models.CharField(
        max_length=50,
        blank=True,
        validators=[
            RegexValidator(CODE_PATTERN, "Use letters, digits, hyphens and underscores, for example WELCOME10.")
        ],
        help_text="Empty: applies by itself.",
    )
    kind = models.CharField(max_length=20, choices=_KINDS)
    currency = models.CharField(max_length=3, blank=True, help_text="Of the amounts; empty when there are none.")
    rate_ppm = models.PositiveIntegerField("rate", default=0, validators=_RATE, help_text="Millionths: 100000 is 10 %.")
    amount = models.BigIntegerField(default=0, validators=_AMOUNT, help_text="In cents (minor units).")
    buy_quantity = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(MAX_QUANTITY)])
    get_quantity = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(MAX_QUANTITY)])
    tiers = models.JSONField(default=list, blank=True)
    """[{"min_subtotal": 10000, "rate_ppm": 50000, "amount": 0}, …]"""
    product_ids = ArrayField(models.UUIDField(), default=list, blank=True, size=MAX_CONDITIONS)
    category_ids = ArrayField(models.UUIDField(), default=list, blank=True, size=MAX_CONDITIONS)
    customer_group = TenantForeignKey(
        CustomerGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="promotions"
    )
    is_first_order_only = models.BooleanField(default=False)
    min_subtotal = models.BigIntegerField(default=0, validators=_AMOUNT, help_text="In cents (minor units).")
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True, help_text="The first instant without it.")
    usage_limit = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    usage_limit_per_customer = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    uses = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    """Counted only while there is a usage limit: see Note [Redeeming] in `services/redeem.py`."""
    priority = models.SmallIntegerField(default=0, help_text="Lower is applied first.")
    is_exclusive = models.BooleanField(default=False, help_text="Never together with another promotion.")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "code"],
                condition=Q(archived_at=None) & ~Q(code=""),
                name="pricing_promotion_code",
            ),
            models.CheckConstraint(
                condition=Q(usage_limit=None) | Q(uses__lte=F("usage_limit")), name="pricing_promotion_uses"
            ),
            models.CheckConstraint(condition=Q(kind__in=[kind for kind, _ in _KINDS]), name="pricing_promotion_kind"),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(starts_at__lt=F("ends_at")),
                name="pricing_promotion_validity",
            ),
            models.CheckConstraint(condition=Q(rate_ppm__lte=PPM), name="pricing_promotion_rate"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=MAX_AMOUNT, min_subtotal__gte=0, min_subtotal__lte=MAX_AMOUNT),
                name="pricing_promotion_amounts",
            ),
        )
        indexes = (
            models.Index(
                fields=["tenant_id", "priority", "id"],
                condition=Q(archived_at=None, code=""),
                name="pricing_promotion_automatic",
            ),
            models.Index(fields=["tenant_id", "customer_group"], name="pricing_promotion_by_group"),
        )

    def __str__(self) -> str:
        """Say which promotion."""
        return self.name


class PromotionUse(TenantOwned):
    """One order used one promotion; `reference` is the order's id, which pricing knows nothing about."""

    promotion = TenantForeignKey(Promotion, on_delete=models.PROTECT, related_name="history")
    reference = models.UUIDField()
    customer_key = models.CharField(max_length=254)
    """The e-mail address in small letters."""
    used_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "reference", "promotion"],
                condition=Q(released_at=None),
                name="pricing_promotionuse_once",
            ),
        )
        indexes = (
            models.Index(fields=["tenant_id", "promotion", "customer_key"], name="pricing_promotionuse_customer"),
        )

    def __str__(self) -> str:
        """Say who used it."""
        return f"{self.customer_key} at {self.used_at}"


class PromotionCustomer(TenantOwned):
    """How often a customer has used a promotion that has a limit per customer."""

    promotion = TenantForeignKey(Promotion, on_delete=models.CASCADE, related_name="customers")
    customer_key = models.CharField(max_length=254)
    uses = models.PositiveIntegerField(default=0)
    usage_limit = models.PositiveIntegerField()
    """The promotion's limit at the last use, so that a CHECK can hold it."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "promotion", "customer_key"], name="pricing_promotioncustomer_one"
            ),
            models.CheckConstraint(condition=Q(uses__lte=F("usage_limit")), name="pricing_promotioncustomer_uses"),
        )

    def __str__(self) -> str:
        """Say who, and how often."""
        return f"{self.customer_key}: {self.uses}"

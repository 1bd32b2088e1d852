"""Tables of carts."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hansa.domain.accounts.models import Customer
from hansa.domain.catalog.models import Product
from hansa.kernel.models import TenantForeignKey, TenantOwned, TimestampedModel

MAX_LINES = 500
MAX_QUANTITY = 9999
MAX_CODES = 10
MAX_WISHES = 500


class Cart(TenantOwned, TimestampedModel):
    """What somebody may want to buy."""

    class Status(models.TextChoices):
        """Whether it can still be changed."""

        OPEN = "open"
        ORDERED = "ordered"
        MERGED = "merged"
        EXPIRED = "expired"

    customer_id = models.UUIDField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.OPEN, db_default=Status.OPEN)
    version = models.PositiveIntegerField(default=1, db_default=1)
    currency = models.CharField(max_length=3)
    email = models.CharField(max_length=254, blank=True, default="", db_default="")
    language = models.CharField(max_length=5, blank=True, default="", db_default="")
    """In which the buyer asked for the shop (`kernel/languages.py`); empty: in none that it writes."""
    shipping_address = models.JSONField(null=True, blank=True)
    billing_address = models.JSONField(null=True, blank=True)
    shipping_method_id = models.UUIDField(null=True, blank=True)
    pickup_point_id = models.UUIDField(null=True, blank=True)
    """Where it is fetched; it counts while the shipping method offers it."""
    promotion_codes = models.JSONField(default=list, blank=True)
    gift_card_codes = models.JSONField(default=list, blank=True)
    order_id = models.UUIDField(null=True, blank=True, editable=False)
    """The order that it became, or is about to become."""
    touched_at = models.DateTimeField()
    """When somebody last changed it: carts that nobody touches are abandoned, then expire."""
    abandoned_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=["open", "ordered", "merged", "expired"]), name="carts_cart_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="ordered") | Q(order_id__isnull=False), name="carts_cart_ordered_as"
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "customer_id"], name="carts_cart_by_customer"),)

    def __str__(self) -> str:
        """Say whose."""
        return self.email or str(self.id)


class CartLine(TenantOwned):
    """So many of one variant. The variant may be gone meanwhile: the line then says so."""

    cart = TenantForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant_id = models.UUIDField()
    quantity = models.PositiveIntegerField()
    seen_price = models.BigIntegerField()
    """The unit price when it was added or last changed, in minor units."""
    name = models.CharField(max_length=300)
    """What it was called then: to say what is gone."""

    class Meta:
        ordering: ClassVar = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "cart", "variant_id"], name="carts_cartline_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=MAX_QUANTITY), name="carts_cartline_quantity"
            ),
        )

    def __str__(self) -> str:
        """Say what."""
        return f"{self.quantity} × {self.name}"


class Wish(TenantOwned, TimestampedModel):
    """A product on a customer's wishlist."""

    customer = TenantForeignKey(Customer, on_delete=models.CASCADE, related_name="wishes")
    product = TenantForeignKey(Product, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "wishes"
        ordering: ClassVar = ("-id",)
        constraints = (models.UniqueConstraint(fields=["tenant_id", "customer", "product"], name="carts_wish_once"),)
        indexes = (models.Index(fields=["tenant_id", "product"], name="carts_wish_by_product"),)

    def __str__(self) -> str:
        """Say what."""
        return f"{self.product_id}"

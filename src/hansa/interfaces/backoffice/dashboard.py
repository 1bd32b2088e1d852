"""What a merchant wants to know first, in four statements."""

from typing import Any

from django.db.models import Count, F, Q, Sum
from django.http import HttpRequest
from django.urls import reverse

from hansa.domain.catalog.models import Product
from hansa.domain.catalog.selectors import list_products
from hansa.domain.imports.models import ImportRun
from hansa.domain.inventory.models import StockItem
from hansa.domain.orders.models import Order, Status
from hansa.interfaces.backoffice.reach import authority, within_reach
from hansa.kernel.clock import now
from hansa.kernel.money import Money
from hansa.kernel.tenancy import get_current_tenant

type Cards = tuple[tuple[str, object, str, str], ...]

_LAST_IMPORTS = 5
_LOW_ITEMS = 8
_NOT_SOLD = (Status.PENDING_PAYMENT, Status.PAYMENT_FAILED, Status.CANCELLED)


def dashboard_numbers(request: HttpRequest) -> dict[str, Any]:
    """Return the numbers and the last imports for the first page: those that the person may see."""
    who = authority(request)
    return {
        "cards": _products(request) if who.may("catalog.view") else (),
        "sales_cards": _sales() if who.may("orders.view") else (),
        "low_stock": _low_stock(request) if who.may("stock.view") else None,
        "last_imports": _imports() if who.may("imports.view") else None,
    }


def _imports() -> list[ImportRun]:
    return list(ImportRun.objects.order_by("-created_at")[:_LAST_IMPORTS])


def _low_stock(request: HttpRequest) -> list[StockItem]:
    low = StockItem.objects.annotate(free=F("on_hand") - F("reserved")).filter(
        Q(low_stock_threshold__isnull=False, free__lte=F("low_stock_threshold")) | Q(free__lt=0),
        warehouse__is_active=True,
        variant__product__archived_at=None,
    )
    found = within_reach(request, low).select_related("variant__product", "warehouse")
    return list(found.order_by("free", "id")[:_LOW_ITEMS])


def _products(request: HttpRequest) -> Cards:
    is_published = Q(status=Product.Status.PUBLISHED, archived_at=None)
    counts = within_reach(request, list_products()).aggregate(
        published=Count("pk", filter=is_published),
        buyable=Count("pk", filter=is_published & Q(pk__in=list_products().in_stock().values("pk"))),
        drafts=Count("pk", filter=Q(status=Product.Status.DRAFT, archived_at=None)),
        archived=Count("pk", filter=Q(archived_at__isnull=False)),
    )
    sold_out = counts["published"] - counts["buyable"]
    products = reverse("admin:catalog_product_changelist")
    return (
        ("Published", counts["published"], "what shoppers see", f"{products}?status__exact=published"),
        ("Drafts", counts["drafts"], "not in the shop yet", f"{products}?status__exact=draft"),
        ("Out of stock", sold_out, "published, nothing to buy", f"{products}?status__exact=published&stock=out"),
        ("Archived", counts["archived"], "put away, can be restored", f"{products}?archive=archived"),
    )


def _sales() -> Cards:
    """Return the cards of today's sales (the day is UTC's), in one statement."""
    currency = get_current_tenant().currency
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    is_sold = ~Q(status__in=_NOT_SOLD)
    sales = Order.objects.aggregate(
        sold=Count("pk", filter=is_sold & Q(placed_at__gte=today)),
        revenue=Sum("total", filter=is_sold & Q(placed_at__gte=today, currency=currency)),
        to_send=Count("pk", filter=Q(status__in=(Status.PAID, Status.PARTIALLY_FULFILLED))),
        waiting=Count("pk", filter=Q(status=Status.PENDING_PAYMENT)),
    )
    orders = reverse("admin:orders_order_changelist")
    since_today = f"{orders}?placed_at__gte={today:%Y-%m-%d}"
    return (
        ("Orders today", sales["sold"], "paid since midnight, UTC", since_today),
        (
            "Revenue today",
            Money(sales["revenue"] or 0, currency).display(),
            "totals with shipping and tax",
            since_today,
        ),
        ("To send", sales["to_send"], "paid, not sent yet", f"{orders}?status__exact=paid"),
        ("Waiting for payment", sales["waiting"], "the shopper or the bank", f"{orders}?status__exact=pending_payment"),
    )

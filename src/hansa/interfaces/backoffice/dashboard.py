"""What a merchant wants to know first, in three statements."""

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from hansa.domain.catalog.models import Product
from hansa.domain.catalog.selectors import list_products
from hansa.domain.imports.models import ImportRun

_LAST_IMPORTS = 5


def dashboard_numbers() -> dict[str, Any]:
    """Return the numbers and the last imports for the first page."""
    counts = list_products().aggregate(
        published=Count("pk", filter=Q(status=Product.Status.PUBLISHED, archived_at=None)),
        drafts=Count("pk", filter=Q(status=Product.Status.DRAFT, archived_at=None)),
        archived=Count("pk", filter=Q(archived_at__isnull=False)),
    )
    sold_out = counts["published"] - list_products().published().in_stock().count()
    products = reverse("admin:catalog_product_changelist")
    return {
        "cards": (
            ("Published", counts["published"], "what shoppers see", f"{products}?status__exact=published"),
            ("Drafts", counts["drafts"], "not in the shop yet", f"{products}?status__exact=draft"),
            ("Out of stock", sold_out, "published, nothing to buy", f"{products}?status__exact=published&stock=out"),
            ("Archived", counts["archived"], "put away, can be restored", f"{products}?archive=archived"),
        ),
        "last_imports": list(ImportRun.objects.order_by("-created_at")[:_LAST_IMPORTS]),
    }

"""Things to sell."""

from datetime import timedelta
from typing import Any

from hansa.domain.catalog.types import ImageDraft, ProductDraft, VariantDraft
from hansa.kernel.tenancy import TenantContext
from tests.worlds import NOON, draft, stock_shop


def shirt(**fields: Any) -> ProductDraft:
    """Return a shirt in two colours and sizes; the red L is not made, the blue M is out of stock."""
    rows = (("Red", "M", 3000, 5), ("Blue", "M", 3200, 0), ("Blue", "L", 3500, 2))
    variants = tuple(
        VariantDraft(
            option_values=(colour, size),
            price_amount=price,
            compare_at_amount=5000 if colour == "Red" else None,
            sku=f"SHIRT-{colour}-{size}",
            is_stock_tracked=True,
            stock_quantity=stock,
            sells_when_out_of_stock=False,
            image_url=f"https://pictures.example/{colour}.jpg",
        )
        for colour, size, price, stock in rows
    )
    images = tuple(ImageDraft(url=f"https://pictures.example/{c}.jpg", alt=f"{c} shirt") for c in ("Red", "Blue"))
    defaults: dict[str, Any] = {
        "option_names": ("Colour", "Size"),
        "variants": variants,
        "images": images,
        "category_names": ("Clothes", "Shirts"),
        "vendor": "Weaver & Sons",
        "description": "<p>Woven <strong>slowly</strong>.</p><script>alert(1)</script>",
        "attributes": {"Material": ("Linen",)},
    }
    return draft("Shirt", **(defaults | fields))


def stock_kitchen(shop: TenantContext) -> None:
    """Put five products on four shelves, the last one the newest."""
    products = (
        draft("Mug", category_names=("Kitchen", "Ceramics"), price=1500, attributes={"Material": ("Clay",)}),
        draft("Bowl", category_names=("Kitchen", "Ceramics"), price=2500, attributes={"Material": ("Clay", "Ash")}),
        draft("Board", category_names=("Kitchen",), price=4500, compare_at=6000, attributes={"Material": ("Oak",)}),
        draft("Lamp", category_names=("Light",), price=9900, stock=0),
        shirt(),
    )
    for number, product in enumerate(products):
        stock_shop(shop, product, now=NOON + timedelta(minutes=number))

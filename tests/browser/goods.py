"""What stands in the shop that the browser walks through. The pictures are the demo's own."""

from datetime import timedelta

from hansa.domain.catalog.types import ImageDraft, ProductDraft, VariantDraft
from hansa.kernel.tenancy import TenantContext
from tests.worlds import NOON, draft, stock_shop

PAGEFUL = 24


def _pictures(*names: str) -> tuple[ImageDraft, ...]:
    return tuple(ImageDraft(url=f"/static/demo/{name}.svg", alt=name.replace("-", " ")) for name in names)


def bowl() -> ProductDraft:
    """Return a bowl in two glazes and two sizes, each glaze with a picture; the large rust one is sold out."""
    rows = (
        ("Oat", "Small", 2900, 5),
        ("Oat", "Large", 3900, 4),
        ("Rust", "Small", 3100, 2),
        ("Rust", "Large", 4100, 0),
    )
    return draft(
        "Morning Bowl",
        category_names=("Kitchen", "Ceramics"),
        vendor="Brakstad Ceramics",
        description="<p>Deep enough for porridge.</p><ul><li>Stoneware</li></ul>",
        option_names=("Colour", "Size"),
        images=_pictures("morning-bowl-oat", "morning-bowl-rust", "morning-bowl-mist"),
        attributes={"Material": ("Stoneware",)},
        variants=tuple(
            VariantDraft(
                option_values=(colour, size),
                price_amount=price,
                compare_at_amount=4500 if colour == "Rust" else None,
                sku=f"BOWL-{colour}-{size}",
                is_stock_tracked=True,
                stock_quantity=stock,
                sells_when_out_of_stock=False,
                image_url=f"/static/demo/morning-bowl-{colour.lower()}.svg",
            )
            for colour, size, price, stock in rows
        ),
    )


def stock(tenant: TenantContext) -> None:
    """Fill the shelves: enough for a second page, something reduced, something sold out, very long names."""
    products = [
        draft(
            f"Plate No. {number}",
            category_names=("Kitchen", "Ceramics"),
            price=1000 + 100 * number,
            images=_pictures("dinner-plate-sand"),
            attributes={"Material": ("Stoneware" if number % 2 else "Porcelain",)},
        )
        for number in range(PAGEFUL + 2)
    ]
    products += [
        draft(
            "Heron Vase", category_names=("Living Room",), price=5400, compare_at=6000, images=_pictures("heron-vase")
        ),
        draft("Field Notebook", category_names=("Study",), stock=0, images=_pictures("field-notebook")),
        draft("Donaudampfschifffahrtsgesellschaftskapitänsmützenhalterung", category_names=("Wardrobe",), images=()),
        bowl(),
    ]
    for minute, product in enumerate(products):
        stock_shop(tenant, product, now=NOON + timedelta(minutes=minute))

"""What is bought in the browser."""

from hansa.domain.catalog.types import ImageDraft
from hansa.kernel.tenancy import TenantContext
from tests.browser.goods import bowl
from tests.worlds import draft, stock_shop

PLENTY = 5000


def stock(tenant: TenantContext) -> None:
    """Put a vase, a plate with a very long name and a bowl with variants on sale."""
    vase = draft(
        "Heron Vase",
        category_names=("Living Room",),
        price=5400,
        stock=PLENTY,
        images=(ImageDraft(url="/static/demo/heron-vase.svg", alt="A vase"),),
    )
    long = draft("Donaudampfschifffahrtsgesellschaftskapitänsmützenhalterung", price=1999, stock=PLENTY, images=())
    stock_shop(tenant, vase, long, bowl())

"""Put a product on a customer's wishlist."""

from uuid import UUID

from hansa.domain.accounts.models import Customer
from hansa.domain.carts.errors import ProductNotForSale, TooManyWishes
from hansa.domain.carts.models import MAX_WISHES, Wish
from hansa.domain.catalog.selectors import list_products
from hansa.kernel.transactions import transaction


def wish(*, customer_id: UUID, product_id: UUID) -> None:
    """Note the wish, unless it is noted. Raises ProductNotForSale, TooManyWishes. Locks the customer."""
    with transaction():
        Customer.objects.select_for_update().get(pk=customer_id)
        if not list_products().published().filter(pk=product_id).exists():
            message = "There is no such product for sale here."
            raise ProductNotForSale(message)
        if Wish.objects.filter(customer_id=customer_id).count() >= MAX_WISHES:
            message = f"A wishlist holds at most {MAX_WISHES} products. Take something off it first."
            raise TooManyWishes(message)
        Wish.objects.bulk_create([Wish(customer_id=customer_id, product_id=product_id)], ignore_conflicts=True)

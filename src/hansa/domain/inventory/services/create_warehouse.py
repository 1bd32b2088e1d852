"""Create a warehouse."""

from django.db import IntegrityError

from hansa.domain.inventory.errors import WarehouseExists
from hansa.domain.inventory.models import Warehouse
from hansa.domain.inventory.services.ledger import get_warehouse
from hansa.kernel.transactions import transaction


def create_warehouse(*, name: str, code: str, priority: int = 0) -> Warehouse:
    """Create a warehouse beside the default one; returns it. Raises WarehouseExists.

    The lowest priority number serves orders first.
    """
    try:
        with transaction():
            get_warehouse(None)
            return Warehouse.objects.create(name=name, code=code, priority=priority)
    except IntegrityError as error:
        message = f"There is a warehouse with the code {code!r} already. Choose another."
        raise WarehouseExists(message) from error

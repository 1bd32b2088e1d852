"""Save a warehouse."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from hansa.domain.inventory.errors import InvalidWarehouse, WarehouseExists
from hansa.domain.inventory.models import Warehouse
from hansa.domain.inventory.services.ledger import get_warehouse
from hansa.kernel.errors import FieldError
from hansa.kernel.transactions import transaction


def save_warehouse(*, warehouse: Warehouse) -> Warehouse:
    """Save a warehouse whose fields somebody has set, new or changed. The lowest priority number serves first.

    The default warehouse is made before another one is; it cannot be switched off. Raises
    InvalidWarehouse, WarehouseExists.
    """
    warehouse.name = warehouse.name.strip()
    try:
        warehouse.clean_fields(exclude={"id", "tenant_id"})
    except ValidationError as error:
        errors = tuple(
            FieldError(name, InvalidWarehouse.code, " ".join(texts)) for name, texts in error.message_dict.items()
        )
        raise InvalidWarehouse(errors[0].message, errors=errors) from None
    if warehouse.is_default and not warehouse.is_active:
        message = "The default warehouse cannot be switched off: what the catalogue says goes there."
        raise InvalidWarehouse(message, errors=(FieldError("is_active", InvalidWarehouse.code, message),))
    try:
        with transaction():
            get_warehouse(None)
            warehouse.save()
    except IntegrityError as error:
        message = f"There is a warehouse with the code {warehouse.code!r} already. Choose another."
        raise WarehouseExists(message, errors=(FieldError("code", WarehouseExists.code, message),)) from error
    return warehouse

"""Save a shipping method."""

from hansa.domain.catalog.services.violations import check_fields
from hansa.domain.fulfilment.errors import InvalidMethod
from hansa.domain.fulfilment.models import MAX_TIERS, ShippingMethod
from hansa.domain.fulfilment.services.violations import named_violations
from hansa.domain.fulfilment.types import MethodKind
from hansa.kernel.errors import FieldError
from hansa.kernel.money import MAX_AMOUNT, UnknownCurrency, exponent
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction

_TIERED = {MethodKind.BY_WEIGHT, MethodKind.BY_PRICE, MethodKind.BY_QUANTITY}
_STEP = 2


def save_method(*, method: ShippingMethod) -> ShippingMethod:
    """Save a shipping method whose fields somebody has set, new or changed. Amounts in minor units.

    Without a currency it takes the shop's. Raises InvalidMethod, ShippingNameTaken.
    """
    method.name = method.name.strip()
    method.currency = method.currency or get_current_tenant().currency
    check_fields(method, InvalidMethod)
    errors = [FieldError(field, InvalidMethod.code, message) for field, message in _mistakes(method)]
    if errors:
        raise InvalidMethod(errors[0].message, errors=tuple(errors))
    with named_violations(), transaction():
        method.save()
    return method


def _mistakes(method: ShippingMethod) -> list[tuple[str, str]]:
    """Return what is wrong: the field and a sentence."""
    mistakes: list[tuple[str, str]] = []
    try:
        exponent(method.currency)
    except UnknownCurrency as error:
        mistakes.append(("currency", error.message))
    if method.kind in _TIERED and not _are_steps(method.tiers):
        message = f"Give 1 to {MAX_TIERS} steps [from, amount] in order, each from a higher value on: [[0, 490]]."
        mistakes.append(("tiers", message))
    if method.kind not in _TIERED and method.tiers:
        mistakes.append(("tiers", "Only a method by weight, price or quantity has steps."))
    if method.max_weight_grams is not None and method.max_weight_grams < method.min_weight_grams:
        mistakes.append(("max_weight_grams", "It must not be below the least weight."))
    return mistakes


def _are_steps(tiers: object) -> bool:
    if not isinstance(tiers, list) or not 1 <= len(tiers) <= MAX_TIERS:
        return False
    for step in tiers:
        if not isinstance(step, list | tuple) or len(step) != _STEP:
            return False
        if not all(type(number) is int and 0 <= number <= MAX_AMOUNT for number in step):
            return False
    starts = [step[0] for step in tiers]
    return sorted(set(starts)) == starts

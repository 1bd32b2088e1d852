"""Save a shipping zone."""

from hansa.domain.catalog.services.violations import check_fields
from hansa.domain.fulfilment.errors import InvalidZone
from hansa.domain.fulfilment.models import MAX_POSTAL_RANGES, ShippingZone
from hansa.domain.fulfilment.services.violations import named_violations
from hansa.domain.pricing.queries import normal_postal_code
from hansa.kernel.errors import FieldError
from hansa.kernel.transactions import transaction

_ENDS = 2
_MAX_POSTAL_CHARACTERS = 12


def save_zone(*, zone: ShippingZone) -> ShippingZone:
    """Save a shipping zone whose fields somebody has set, new or changed.

    Countries are stored in capitals, postal ranges without blanks and hyphens. Raises InvalidZone,
    ShippingNameTaken.
    """
    zone.name = zone.name.strip()
    zone.countries = sorted({country.strip().upper() for country in zone.countries})
    zone.postal_ranges = _ranges(zone.postal_ranges)
    check_fields(zone, InvalidZone)
    with named_violations(), transaction():
        zone.save()
    return zone


def _ranges(given: object) -> list[list[str]]:
    """Return the ranges as they are stored. Raises InvalidZone."""
    if not isinstance(given, list) or len(given) > MAX_POSTAL_RANGES:
        message = f"Give a list of at most {MAX_POSTAL_RANGES} ranges."
        raise _refused(message)
    ranges = []
    for pair in given:
        if not isinstance(pair, list | tuple) or len(pair) != _ENDS or not all(isinstance(end, str) for end in pair):
            message = 'A range has two ends: ["20", "22"].'
            raise _refused(message)
        first, last = (normal_postal_code(end) for end in pair)
        if not first or len(first) != len(last) or first > last or len(first) > _MAX_POSTAL_CHARACTERS:
            message = "The ends of a range have the same length, the smaller one first."
            raise _refused(message)
        ranges.append([first, last])
    return ranges


def _refused(message: str) -> InvalidZone:
    return InvalidZone(message, errors=(FieldError("postal_ranges", InvalidZone.code, message),))

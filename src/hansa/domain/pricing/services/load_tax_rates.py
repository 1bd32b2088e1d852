"""Load a table of tax rates."""

import csv
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from hansa.domain.catalog.services.violations import check_fields
from hansa.domain.pricing.errors import InvalidTax, InvalidTaxTable
from hansa.domain.pricing.models import TaxClass, TaxRate
from hansa.domain.pricing.queries import normal_postal_code
from hansa.domain.pricing.services.violations import named_violations
from hansa.kernel.errors import FieldError
from hansa.kernel.transactions import transaction

SAMPLE_FILE = Path(__file__).resolve().parent.parent / "data" / "tax_rates.csv"
"""Sample data, to be checked by the merchant: its first lines say so."""
MAX_ROWS = 50_000
MAX_ERRORS = 20

_COLUMNS = (
    "tax_class",
    "country",
    "region",
    "postal_from",
    "postal_until",
    "rate",
    "name",
    "applies_to_shipping",
    "priority",
    "valid_from",
    "valid_until",
)
_REQUIRED = ("tax_class", "country", "rate", "name")
_PPM_PER_PERCENT = 10_000
type _Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class LoadedTaxRates:
    """What loading a table did."""

    created: int
    updated: int
    unchanged: int


def load_tax_rates(*, table: str) -> LoadedTaxRates:
    """Load a CSV table of rates, given as text; rates that are not in it stay as they are.

    Its columns are those of `data/tax_rates.csv`; only tax_class, country, rate and name are required.
    A rate is found again by class, place, priority and first day. Missing tax classes are made, and the
    first one is the default if there is none. Raises InvalidTaxTable, with one error per wrong row (at
    most 20); then nothing is loaded.
    """
    rows = _parse(table)
    with named_violations(), transaction():
        classes = _classes([class_code for class_code, _ in rows])
        stored = {_key(rate): rate for rate in TaxRate.objects.select_for_update().order_by("pk")}
        fresh: dict[_Key, TaxRate] = {}
        changed: dict[_Key, TaxRate] = {}
        for class_code, rate in rows:
            rate.tax_class = classes[class_code]
            key = _key(rate)
            if key in fresh:
                message = f"Two rows say what {rate.country} {rate.region} {rate.postal_from} {class_code} is taxed."
                raise InvalidTaxTable(message.replace("  ", " "))
            fresh[key] = rate
            present = stored.get(key)
            if present is not None and _facts(present) != _facts(rate):
                for name, value in zip(_FACT_FIELDS, _facts(rate), strict=True):
                    setattr(present, name, value)
                changed[key] = present
        created = [rate for key, rate in fresh.items() if key not in stored]
        TaxRate.objects.bulk_create(created, batch_size=1000)
        TaxRate.objects.bulk_update(changed.values(), _FACT_FIELDS, batch_size=1000)
    return LoadedTaxRates(len(created), len(changed), len(rows) - len(created) - len(changed))


def _parse(table: str) -> list[tuple[str, TaxRate]]:
    """Return each row's class code and its rate. Raises InvalidTaxTable."""
    lines = [line for line in table.removeprefix("\ufeff").splitlines() if line.strip() and not line.startswith("#")]
    reader = csv.DictReader(lines, restval="")
    missing = [column for column in _REQUIRED if column not in (reader.fieldnames or ())]
    unknown = [column for column in reader.fieldnames or () if column not in _COLUMNS]
    if missing or unknown:
        said = f"lacks the column {missing[0]!r}" if missing else f"has an unknown column {str(unknown[0])[:40]!r}"
        message = f"The table {said}. Its columns are: {', '.join(_COLUMNS)}."
        raise InvalidTaxTable(message)
    if len(lines) > MAX_ROWS + 1:
        message = f"The table has more than {MAX_ROWS} rows. Split it."
        raise InvalidTaxTable(message)
    rows, errors = [], []
    for number, row in enumerate(reader, start=1):
        try:
            rows.append((row["tax_class"].strip(), _rate(row)))
        except (ValueError, InvalidTax) as error:
            errors.append(FieldError(f"row {number}", InvalidTaxTable.code, str(error)))
    if errors:
        message = (
            f"{len(errors)} rows are wrong; nothing was loaded. The first is {errors[0].field}: {errors[0].message}"
        )
        raise InvalidTaxTable(message, errors=tuple(errors[:MAX_ERRORS]))
    return rows


def _rate(row: dict[str, str]) -> TaxRate:
    """Read one row. Raises ValueError or InvalidTax."""
    if None in row:
        message = "It has more cells than the table has columns."
        raise ValueError(message)
    cells = {name: row.get(name, "").strip() for name in _COLUMNS}
    if not re.fullmatch(r"[a-z0-9_-]{1,50}", cells["tax_class"]):
        message = "A tax class is written in small letters, digits and hyphens: standard."
        raise ValueError(message)
    if not re.fullmatch(r"\d{1,3}(\.\d{1,4})?", cells["rate"], re.ASCII):
        message = f"{cells['rate'][:20]!r} is no rate. Write per cent with at most four decimals: 5.5"
        raise ValueError(message)
    rate = TaxRate(
        country=cells["country"].upper(),
        region=cells["region"].upper(),
        postal_from=normal_postal_code(cells["postal_from"]),
        postal_until=normal_postal_code(cells["postal_until"]),
        rate_ppm=int(Decimal(cells["rate"]) * _PPM_PER_PERCENT),
        name=cells["name"],
        applies_to_shipping=_yes(cells["applies_to_shipping"]),
        priority=int(cells["priority"] or 1),
        valid_from=_day(cells["valid_from"]),
        valid_until=_day(cells["valid_until"]),
    )
    check_fields(rate, InvalidTax)
    if len(rate.postal_from) != len(rate.postal_until) or rate.postal_from > rate.postal_until:
        message = "The ends of a postal range have the same length, the smaller one first."
        raise ValueError(message)
    if rate.valid_from and rate.valid_until and rate.valid_from >= rate.valid_until:
        message = "It must end after it starts."
        raise ValueError(message)
    return rate


def _yes(text: str) -> bool:
    if text not in {"", "yes", "no"}:
        message = f"{text[:20]!r} is neither yes nor no."
        raise ValueError(message)
    return text != "no"


def _day(text: str) -> datetime | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        message = f"{text[:20]!r} is no date. Write it like 2026-01-31."
        raise ValueError(message) from None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _classes(codes: list[str]) -> dict[str, TaxClass]:
    """Return the tax classes by code, made where they are missing."""
    classes = {tax_class.code: tax_class for tax_class in TaxClass.objects.all()}
    has_default = any(tax_class.is_default for tax_class in classes.values())
    for code in dict.fromkeys(codes):
        if code not in classes:
            name = code.replace("-", " ").replace("_", " ").capitalize()
            classes[code] = TaxClass.objects.create(code=code, name=name, is_default=not has_default)
            has_default = True
    return classes


_FACT_FIELDS = ("postal_until", "rate_ppm", "name", "applies_to_shipping", "valid_until")


def _facts(rate: TaxRate) -> tuple[object, ...]:
    return tuple(getattr(rate, name) for name in _FACT_FIELDS)


def _key(rate: TaxRate) -> _Key:
    return (rate.tax_class_id, rate.country, rate.region, rate.postal_from, rate.priority, rate.valid_from)

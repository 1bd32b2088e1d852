"""What crosses the border of this context."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import IO

type Cell = str | int | Decimal | bool | datetime | None
"""What can stand in a column. A number is one in every format, a text in none."""

KEPT_FOR = timedelta(days=7)
"""How long a file can be downloaded."""
MAX_OPEN_EXPORTS = 5
"""How many exports of one shop may wait or run at the same time."""

CAPABILITY_OF = MappingProxyType(
    {"products": "catalog.view", "orders": "orders.view", "customers": "customers.view", "stock": "stock.view"}
)
"""What somebody must be allowed to see to export it, or to download what somebody else has exported."""
MEDIA_TYPE_OF = MappingProxyType(
    {
        "csv": "text/csv; charset=utf-8",
        "jsonl": "application/x-ndjson",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)


@dataclass(frozen=True, slots=True)
class Download:
    """A finished file, open for reading; whoever has it closes it."""

    file: IO[bytes]
    name: str
    """What the person's browser calls it: `orders-2026-11-22.csv`."""
    media_type: str

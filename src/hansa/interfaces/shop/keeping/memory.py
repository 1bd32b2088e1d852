"""The pages that one process keeps, within a number of bytes."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from hansa.interfaces.shop.keeping.holes import PageWithHoles

ENTRY_BYTES = 2_000
"""What an entry takes besides its page: its key, and what Python needs for each object."""


@dataclass(frozen=True, slots=True)
class _Entry:
    page: PageWithHoles
    version: Hashable
    until: datetime

    @property
    def size(self) -> int:
        return self.page.size + ENTRY_BYTES


class PageMemory:
    """Keeps pages; what was not asked for the longest goes first. Threads may share it."""

    def __init__(self, max_bytes: int) -> None:
        """Take how much there may be; 0: nothing is kept."""
        self.max_bytes = max_bytes
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many pages there are."""
        return len(self._entries)

    @property
    def size(self) -> int:
        """How many bytes they take, by our count."""
        return self._bytes

    def find(self, key: Hashable, version: Hashable, now: datetime) -> PageWithHoles | None:
        """Return the page, if it was kept at this version and has not ended."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry.version != version or entry.until <= now:
                return None
            self._entries.move_to_end(key)
            return entry.page

    def keep(self, key: Hashable, page: PageWithHoles, version: Hashable, until: datetime) -> None:
        """Keep the page in place of what was there; not at all when it alone would be too large."""
        entry = _Entry(page, version, until)
        with self._lock:
            self._drop(key)
            if entry.size > self.max_bytes:
                return
            while self._bytes + entry.size > self.max_bytes:
                self._drop(next(iter(self._entries)))
            self._entries[key] = entry
            self._bytes += entry.size

    def _drop(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        if entry:
            self._bytes -= entry.size

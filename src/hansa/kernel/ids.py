"""Identifiers: UUID version 7, made in Python because PostgreSQL has `uuidv7()` only from 18 on."""

import os
import threading
import time
from uuid import UUID

_RANDOM_BITS = (1 << 62) - 1
_lock = threading.Lock()
_last_stamp = 0


def uuid7() -> UUID:
    """Return a new UUIDv7; ids made by one process sort in the order of their making.

    RFC 9562 §5.7: 48 bits of Unix milliseconds, then 12 bits that hold the fraction of the
    millisecond (§6.2, method 3), then 62 random bits.
    """
    global _last_stamp  # noqa: PLW0603  (the one clock that keeps ids of this process in order)
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    stamp = milliseconds << 12 | nanoseconds * 4096 // 1_000_000
    with _lock:
        _last_stamp = stamp = max(stamp, _last_stamp + 1)
    random = int.from_bytes(os.urandom(8)) & _RANDOM_BITS
    return UUID(int=(stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random)

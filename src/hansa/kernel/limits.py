"""Counting how often somebody does something, with the library `limits`: in memory, or in Redis for all processes.

Note [When Redis is down]: counting goes on in each process's own memory, with the same limits, and Redis is asked
again after RETRY_SECONDS. So guessing passwords stays limited (to the limit times the number of processes) and
nobody is shut out. Failing closed would let whoever brings Redis down close every shop's login.
"""

import asyncio
import threading
import time
from asyncio import AbstractEventLoop
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings
from limits import RateLimitItem, parse
from limits.aio.storage import RedisStorage as AsyncRedisStorage
from limits.aio.strategies import FixedWindowRateLimiter as AsyncFixedWindow
from limits.storage import RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from hansa.kernel.errors import LimitReached

RETRY_SECONDS = 2.0
REDIS_TIMEOUT_SECONDS = 0.25
MAX_COUNTERS = 200_000
"""In one process's memory; then those whose time is over are forgotten, and all of them if that does not help."""

_TIMEOUTS: dict[str, Any] = {"socket_timeout": REDIS_TIMEOUT_SECONDS, "socket_connect_timeout": REDIS_TIMEOUT_SECONDS}

_log = structlog.get_logger("hansa.limits")


class RateLimited(LimitReached):
    """Too often. `limit` per window, `reset_seconds` until the window ends."""

    code = "rate_limited"

    def __init__(self, message: str, *, limit: int = 0, reset_seconds: int = 1) -> None:
        """Take the sentence, and the numbers for the headers."""
        super().__init__(message)
        self.limit = limit
        self.reset_seconds = reset_seconds


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands after being counted."""

    is_within: bool
    limit: int
    remaining: int
    reset_seconds: int


def check_rate(text: str) -> str:
    """Return a rate as it came, `10/minute` or nothing. Raises ValueError."""
    if text.strip():
        try:
            parse(text)
        except ValueError:
            message = "write it like 10/minute or 100 per 15 minutes"
            raise ValueError(message) from None
    return text


@cache
def rate(text: str) -> RateLimitItem | None:
    """Return the rate that a setting names; None for no limit."""
    return parse(text) if text.strip() else None


class Memory(Storage):
    """One process's own counters.

    The library's own starts a thread every 10 ms to look through all counters; this one looks when it is full.
    """

    STORAGE_SCHEME = ["hansa-memory"]

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__("hansa-memory://")
        self._counters: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return what may go wrong: nothing."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count."""
        now = time.time()
        with self._lock:
            count, until = self._counters.get(key, (0, 0.0))
            if until <= now:
                if len(self._counters) >= MAX_COUNTERS:
                    self._tidy(now)
                count, until = 0, now + expiry
            self._counters[key] = (count + amount, until)
        return count + amount

    def get(self, key: str) -> int:
        """Return the count."""
        count, until = self._counters.get(key, (0, 0.0))
        return count if until > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """Return when the window ends, in seconds since 1970."""
        return self._counters.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        """Say that it works."""
        return True

    def reset(self) -> int:
        """Forget everything; returns how many counters that were."""
        count = len(self._counters)
        self._counters.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget one counter."""
        self._counters.pop(key, None)

    def _tidy(self, now: float) -> None:
        live = {key: counter for key, counter in list(self._counters.items()) if counter[1] > now}
        self._counters = live if len(live) < MAX_COUNTERS // 2 else {}


class Counters:
    """Counts for all processes when there is a Redis, else for this one."""

    def __init__(self, redis_url: str = "") -> None:
        """Take the address of Redis or Valkey: `redis://…`, `rediss://…`, `unix://…`; none: count in memory."""
        self._redis_url = redis_url
        self._down_until = 0.0
        self._own = Memory()
        self._memory = FixedWindowRateLimiter(self._own)
        self._shared: FixedWindowRateLimiter | None = None
        self._shared_by_loop: WeakKeyDictionary[AbstractEventLoop, AsyncFixedWindow] = WeakKeyDictionary()

    def count_here(self, item: RateLimitItem, who: str) -> bool:
        """Count in this process only, and say whether it is within the limit: for what is read all the time."""
        return self._own.incr(who, item.get_expiry()) <= item.amount

    async def count_all(self, counted: Sequence[tuple[RateLimitItem, tuple[str, ...]]]) -> list[Standing]:
        """Count several things, on the event loop, which never waits for Redis longer than REDIS_TIMEOUT_SECONDS."""
        if self._is_shared():
            try:
                async with asyncio.timeout(REDIS_TIMEOUT_SECONDS):
                    return list(await asyncio.gather(*(self._count_shared(item, *who) for item, who in counted)))
            except (RedisError, OSError, TimeoutError) as error:
                self._is_down(error)
        return [self._count_in_memory(item, *who) for item, who in counted]

    def count(self, item: RateLimitItem, *who: str) -> Standing:
        """Count one thing, on a thread."""
        if self._is_shared():
            try:
                strategy = self._on_threads()
                is_within = strategy.hit(item, *who)
                reset, remaining = strategy.get_window_stats(item, *who)
                return Standing(is_within, item.amount, remaining, _seconds_until(reset))
            except (RedisError, OSError) as error:
                self._is_down(error)
        return self._count_in_memory(item, *who)

    def forget(self, item: RateLimitItem, *who: str) -> None:
        """Begin anew with somebody, on a thread."""
        self._memory.clear(item, *who)
        if self._is_shared():
            try:
                self._on_threads().clear(item, *who)
            except (RedisError, OSError) as error:
                self._is_down(error)

    async def close(self) -> None:
        """Close this event loop's connections; the process is about to end."""
        strategy = self._shared_by_loop.pop(asyncio.get_running_loop(), None)
        if strategy is not None:
            client: Any = strategy.storage.bridge.storage  # type: ignore[attr-defined]  # Redis' own
            await client.aclose()

    async def _count_shared(self, item: RateLimitItem, *who: str) -> Standing:
        strategy = self._on_loop()
        is_within = await strategy.hit(item, *who)
        reset, remaining = await strategy.get_window_stats(item, *who)
        return Standing(is_within, item.amount, remaining, _seconds_until(reset))

    def _count_in_memory(self, item: RateLimitItem, *who: str) -> Standing:
        is_within = self._memory.hit(item, *who)
        reset, remaining = self._memory.get_window_stats(item, *who)
        return Standing(is_within, item.amount, remaining, _seconds_until(reset))

    def _is_shared(self) -> bool:
        return bool(self._redis_url) and time.monotonic() >= self._down_until

    def _is_down(self, error: Exception) -> None:
        self._down_until = time.monotonic() + RETRY_SECONDS
        _log.warning("limits_without_redis", reason=type(error).__name__)

    def _on_threads(self) -> FixedWindowRateLimiter:
        if self._shared is None:
            self._shared = FixedWindowRateLimiter(RedisStorage(self._redis_url, **_TIMEOUTS))
        return self._shared

    def _on_loop(self) -> AsyncFixedWindow:
        loop = asyncio.get_running_loop()
        strategy = self._shared_by_loop.get(loop)
        if strategy is None:
            storage = AsyncRedisStorage(f"async+{self._redis_url}", implementation="redispy", **_TIMEOUTS)
            strategy = self._shared_by_loop[loop] = AsyncFixedWindow(storage)
        return strategy


@cache
def get_counters() -> Counters:
    """Return this process's counters."""
    return Counters(settings.REDIS_URL)


def find_rate(operation: str) -> RateLimitItem | None:
    """Return how often an operation of this class may happen (settings.RATES); None: as often as you like."""
    return rate(settings.RATES.get(operation, ""))


def count_or_refuse(operation: str, *who: str) -> None:
    """Count one operation of somebody, on a thread. Raises RateLimited when that was one too many."""
    item = find_rate(operation)
    if item is None:
        return
    standing = get_counters().count(item, operation, *who)
    if not standing.is_within:
        raise too_often(standing)


def too_often(standing: Standing) -> RateLimited:
    """Return the refusal."""
    seconds = standing.reset_seconds
    message = f"Too many requests. Try again in {seconds} {'second' if seconds == 1 else 'seconds'}."
    return RateLimited(message, limit=standing.limit, reset_seconds=seconds)


def _seconds_until(moment: float) -> int:
    return max(1, int(moment - time.time()) + 1)

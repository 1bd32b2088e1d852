"""The words for transactions: a service opens one, or says that it needs one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

from django.db import connection
from django.db.transaction import Atomic


class TransactionRequired(RuntimeError):
    """A service that works inside its caller's transaction was called outside one."""


@contextmanager
def transaction() -> Iterator[None]:
    """Open the transaction of a service; commits when the block ends, rolls back when it raises.

    Inside a transaction that is already open (a service called by a request that has one) it is a
    savepoint, so that a failed service leaves nothing behind.
    """
    with Atomic(using=None, savepoint=True, durable=False):
        yield


@contextmanager
def reading() -> Iterator[None]:
    """Join the transaction that is open, or open one: for reads, which leave nothing behind to take back."""
    if connection.in_atomic_block:
        yield
    else:
        with transaction():
            yield


def requires_transaction[**P, R](service: Callable[P, R]) -> Callable[P, R]:
    """Mark a service that other services call: it raises TransactionRequired outside a transaction."""

    @wraps(service)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        if not connection.in_atomic_block:
            message = f"{service.__qualname__} must run inside its caller's transaction"
            raise TransactionRequired(message)
        return service(*args, **kwargs)

    return inside

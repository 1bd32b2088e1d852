"""Addresses: made from names, and made different when two names give the same."""

from collections.abc import Callable, Collection

from django.db import IntegrityError

from hansa.domain.catalog.errors import NameTaken
from hansa.domain.catalog.services.violations import violated_constraint
from hansa.kernel.transactions import requires_transaction, transaction

_ATTEMPTS = 20
_WINDOW = 50
_MAX_NUMBER = 100_000


@requires_transaction
def write_with_free_slug(
    slug: str,
    *,
    constraint: str,
    max_characters: int,
    write: Callable[[str], None],
    find_taken: Callable[[Collection[str]], set[str]],
) -> str:
    """Call `write` with `slug`, or with the first free one of slug-2, slug-3 …; returns the one that was written.

    The unique constraint decides, so two transactions cannot get the same; the one that comes
    later waits for the other and takes the next. Raises NameTaken after too many attempts.
    """
    candidate = slug
    for _ in range(_ATTEMPTS):
        try:
            with transaction():
                write(candidate)
        except IntegrityError as error:
            if violated_constraint(error) != constraint:
                raise
            candidate = _next_free(slug, max_characters, find_taken)
        else:
            return candidate
    message = f"Too many others want the address {slug[:100]!r} at this moment. Try again."
    raise NameTaken(message)


def _next_free(slug: str, max_characters: int, find_taken: Callable[[Collection[str]], set[str]]) -> str:
    """Return the first numbered slug that nobody has, asking for ever larger windows of them."""
    start, width = 2, _WINDOW
    while start < _MAX_NUMBER:
        window = [numbered(slug, number, max_characters) for number in range(start, start + width)]
        taken = find_taken(window)
        for candidate in window:
            if candidate not in taken:
                return candidate
        start, width = start + width, width * 4
    message = f"There are too many {slug[:100]!r} already. Choose another name."
    raise NameTaken(message)


def numbered(slug: str, number: int, max_characters: int) -> str:
    """Return the slug with its number, within the length of the column."""
    suffix = f"-{number}"
    return slug[: max_characters - len(suffix)].rstrip("-") + suffix

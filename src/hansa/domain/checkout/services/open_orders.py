"""How many orders one buyer may have that wait for payment: each holds stock that nobody else can buy.

Note [Hoarding]: the orders are counted per e-mail address and per network address, while nobody else with the same
e-mail or address is placing one: an advisory lock per e-mail, then one per address, both taken in the statement that
claims the idempotency key, and only by a claim that is new. Nothing that settles payments takes
these locks, so nobody who waits for one holds what a settlement needs. Both parts ride on
statements that a checkout sends anyway.
"""

from django.conf import settings

from hansa.domain.checkout.errors import TooManyOpenOrders
from hansa.domain.orders.queries import WAITING_ORDER_SQL

_EMAIL_LOCK = """pg_advisory_xact_lock(hashtextextended((
    SELECT 'open:' || c.tenant_id || lower(c.email) FROM carts_cart c
    WHERE c.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND c.id = %(cart_id)s AND c.email <> ''
), 0))"""
_ADDRESS_LOCK = """pg_advisory_xact_lock(hashtextextended(
    'open:' || current_setting('hansa.tenant', true) || nullif(%(address)s, ''), 0))"""
_OF_EMAIL = """
    (SELECT count(*) FROM (
        SELECT FROM orders_order o
        WHERE {waiting} AND o.email_key = lower(carts_cart.email) LIMIT %(most_of_email)s
    ) waiting)
""".replace("{waiting}", WAITING_ORDER_SQL)
_OF_ADDRESS = """
    (SELECT count(*) FROM (
        SELECT FROM checkout_idempotencykey k JOIN orders_order o ON o.tenant_id = k.tenant_id AND o.id = k.order_id
        WHERE k.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND k.address = nullif(%(address)s, '') AND {waiting}
        LIMIT %(most_of_address)s
    ) waiting)
""".replace("{waiting}", WAITING_ORDER_SQL)


def one_by_one() -> str:
    """Return what the claim's RETURNING says more: it lets checkouts of one buyer wait for each other."""
    locks = [
        lock
        for lock, most in (
            (_EMAIL_LOCK, settings.MAX_OPEN_ORDERS_PER_EMAIL),
            (_ADDRESS_LOCK, settings.MAX_OPEN_ORDERS_PER_ADDRESS),
        )
        if most
    ]
    return "".join(f", CASE WHEN k.order_id = %(order_id)s THEN {lock} END" for lock in locks)


def open_orders_sql() -> str:
    """Return an expression on `carts_cart`: whether its buyer has as many open orders as allowed."""
    counts = [
        f"{count} >= {name}"
        for count, name, most in (
            (_OF_EMAIL, "%(most_of_email)s", settings.MAX_OPEN_ORDERS_PER_EMAIL),
            (_OF_ADDRESS, "%(most_of_address)s", settings.MAX_OPEN_ORDERS_PER_ADDRESS),
        )
        if most
    ]
    return " OR ".join(counts)


def open_orders_parameters(address: str) -> dict[str, object]:
    """Return what `open_orders_sql` needs."""
    return {
        "address": address,
        "most_of_email": settings.MAX_OPEN_ORDERS_PER_EMAIL,
        "most_of_address": settings.MAX_OPEN_ORDERS_PER_ADDRESS,
    }


def refuse_hoarding(answer: str | None) -> None:
    """Read the answer to `open_orders_sql`. Raises TooManyOpenOrders."""
    if answer == "t":
        message = (
            "Too many of your orders are waiting for payment. Pay for one of them or cancel it, or try again in"
            f" {-(-settings.RESERVATION_SECONDS // 60)} minutes."
        )
        raise TooManyOpenOrders(message)

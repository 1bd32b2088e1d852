"""How often a password may be tried, so that nobody can guess one, and nobody can lock somebody else out.

Note [Devices that are known]: a browser that has logged in to an account keeps a device cookie, signed for it. It
has an allowance of its own, which nobody else can use up. Every other try is counted for the account together
with the address it comes from, so a stranger who fails shuts out only himself. Over all strangers together an
account has a wide allowance, against many addresses that guess at once; while that is used up, the owner still
gets in from every browser used before, and with a new one by a link in an e-mail. (OWASP: Slow Down Online Guessing
Attacks with Device Cookies.)

An attempt is counted before the password is looked at, so that a hundred at once are a hundred; success clears it.
"""

from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID, uuid4

from django.conf import settings
from limits import RateLimitItem, parse

from hansa.kernel.addresses import subscriber_of
from hansa.kernel.errors import LimitReached
from hansa.kernel.limits import get_counters
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.tokens import is_token, make_token

DEVICE_SECONDS = 365 * 24 * 3600

PER_ADDRESS = parse("10 per 15 minutes")
"""Of one account from one address."""
PER_DEVICE = parse("10 per 15 minutes")
"""Of one account from one browser that has logged in to it before."""
PER_ACCOUNT = parse("300 per hour")
"""Of one account from all strangers."""


class TooManyLogins(LimitReached):
    """The password was tried too often from here. `retry_seconds` says when it may be tried again."""

    code = "too_many_logins"

    def __init__(self, message: str, *, retry_seconds: int) -> None:
        """Take the sentence, and the time to wait."""
        super().__init__(message)
        self.retry_seconds = retry_seconds


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, as it was counted."""

    counted: tuple[tuple[RateLimitItem, tuple[str, ...]], ...]


def begin_attempt(*, email: str, address: str, device: str) -> Attempt:
    """Count one try to log in, whether there is such an account or not. Raises TooManyLogins.

    `device` is the value of the device cookie, or empty. Call `attempt_succeeded` when the password was right.
    """
    attempt = _attempt(email, address, device)
    for item, who in attempt.counted:  # the narrow one first: whoever is stopped by it does not use up the wide one
        standing = get_counters().count(item, *who)
        if not standing.is_within:
            minutes = -(-standing.reset_seconds // 60)
            message = (
                f"Too many tries. Wait {minutes} {'minute' if minutes == 1 else 'minutes'}, or reset the password."
            )
            raise TooManyLogins(message, retry_seconds=standing.reset_seconds)
    return attempt


def attempt_succeeded(attempt: Attempt) -> None:
    """Forget what was counted for somebody who has shown to be the right one; not what strangers have used up."""
    for item, who in attempt.counted:
        if item is not PER_ACCOUNT:
            get_counters().forget(item, *who)


def forget_attempts(*, email: str, address: str, device: str) -> None:
    """Forget what was counted for somebody who has proved in another way to be the right one: by a letter's code."""
    attempt_succeeded(_attempt(email, address, device))


def _attempt(email: str, address: str, device: str) -> Attempt:
    if not settings.RATES:
        return Attempt(())
    account = f"{get_current_tenant().id}:{_fingerprint(email)}"
    known = _device_id(email, device)
    if known:
        return Attempt(((PER_DEVICE, ("login-device", account, known)),))
    per_address = (PER_ADDRESS, ("login-address", account, subscriber_of(address)))
    return Attempt((per_address, (PER_ACCOUNT, ("login-account", account))))


def make_device(email: str) -> str:
    """Return the value of the cookie that makes a browser known to the account, in the current tenant."""
    identifier = uuid4()
    return f"{identifier}.{make_token(_kind(email), identifier)}"


def _device_id(email: str, device: str) -> str:
    identifier, _, token = device.partition(".")
    try:
        found = UUID(identifier)
    except ValueError:
        return ""
    return str(found) if is_token(token, _kind(email), found) else ""


def _kind(email: str) -> str:
    return f"device:{_fingerprint(email)}"


def _fingerprint(email: str) -> str:
    return blake2b(email.strip().lower().encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

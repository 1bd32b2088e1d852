"""What accounts need again and again."""

from datetime import datetime

from hansa.domain.accounts.services.forget_unverified import forget_unverified_accounts
from hansa.domain.work.registry import duty


@duty(due="accounts_user_due")
def forget_unverified(now: datetime) -> None:
    """Forget accounts whose address was never proved."""
    forget_unverified_accounts(now=now)

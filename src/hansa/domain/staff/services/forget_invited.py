"""Forget whom the shop has invited to its staff."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hansa.domain.accounts.types import nobodys_address
from hansa.domain.staff.models import Invitation
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def forget_invited(*, emails: Collection[str], customer_id: UUID, now: datetime) -> None:
    """Withdraw what is open of these addresses' invitations, and take the addresses out of all."""
    theirs = Invitation.objects.filter(email__in=emails)
    theirs.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
    theirs.update(email=nobodys_address(customer_id), updated_at=now)

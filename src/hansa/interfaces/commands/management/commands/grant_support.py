"""`hansa manage grant_support EMAIL --tenant SLUG --reason TEXT`."""

from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from hansa.domain.staff.services.support import MAX_GRANT, grant_support
from hansa.domain.staff.types import CAPABILITIES
from hansa.domain.tenants.selectors import get_shop_address, get_tenant_by_slug
from hansa.kernel import clock
from hansa.kernel.errors import DomainError
from hansa.kernel.tenancy import tenant_scope
from hansa.kernel.tokens import make_token
from hansa.kernel.transactions import transaction

_VIEWS = [one for one in CAPABILITIES if one.endswith(".view")]


class Command(BaseCommand):
    """Let somebody of the platform look into a shop, for a while, with a record of it."""

    help = "Let somebody of the platform look into a shop for a while. Prints a link that works once."
    requires_system_checks = ()  # the checks are for developers and cost more than the work

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("email", help="who looks in: an address of the platform's")
        parser.add_argument("--tenant", required=True, help="the shop's slug")
        parser.add_argument("--reason", required=True, help="why; the shop's staff read it")
        most = int(MAX_GRANT.total_seconds() // 60)
        parser.add_argument("--minutes", type=int, default=60, help=f"how long, at most {most} (default 60)")
        parser.add_argument(
            "--may", action="append", metavar="CAPABILITY", help="what they may do (default: look at everything)"
        )

    def handle(self, *, email: str, tenant: str, reason: str, minutes: int, may: list[str] | None, **_: object) -> None:
        """Make the grant and print its link."""
        try:
            with tenant_scope(get_tenant_by_slug(tenant)):
                grant = grant_support(
                    email=email,
                    reason=reason,
                    capabilities=may or _VIEWS,
                    lasts=timedelta(minutes=minutes),
                    now=clock.now(),
                )
                with transaction():
                    address = get_shop_address()
                link = f"{address}/admin/support/{grant.pk}/{make_token('support', grant.pk)}/"
        except DomainError as error:
            raise CommandError(error.message, returncode=2) from error
        self.stdout.write(f"{email} may look into {tenant} until {grant.expires_at:%H:%M} UTC, once, with this link:")
        self.stdout.write(link)

"""`hansa manage add_domain HOST --tenant SLUG`."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from hansa.domain.tenants.services.add_domain import add_domain
from hansa.interfaces.commands.operator import OperatorCommand, change_tenant
from hansa.kernel.errors import Conflict, DomainError


class Command(OperatorCommand):
    """Let a shop answer at a host of its own."""

    help = "Let a shop answer at a host of its own, such as shop.acme.example."
    requires_system_checks = ()  # the checks are for developers and cost more than the work

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("host")
        parser.add_argument("--tenant", required=True, help="the shop's slug")

    def handle(self, *, host: str, tenant: str, **_: object) -> None:
        """Add it."""
        try:
            added = change_tenant(tenant, "tenant.domain_added", lambda: add_domain(host=host, slug=tenant))
        except DomainError as error:
            raise CommandError(error.message, returncode=1 if isinstance(error, Conflict) else 2) from error
        self.stdout.write(f"{tenant} answers at {added} too.")

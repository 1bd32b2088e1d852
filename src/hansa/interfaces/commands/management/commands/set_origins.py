"""`hansa manage set_origins SLUG [ORIGIN …]`."""

from argparse import ArgumentParser
from collections.abc import Sequence

from django.core.management.base import BaseCommand, CommandError

from hansa.domain.tenants.services.set_origins import set_origins
from hansa.kernel.errors import DomainError


class Command(BaseCommand):
    """List the other sites whose pages may call a shop's APIs (CORS)."""

    help = "List the origins of other sites whose pages may call a shop's APIs (CORS); without any, none may."
    requires_system_checks = ()  # the checks are for developers and cost more than the work

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("tenant", help="the shop's slug")
        parser.add_argument("origins", nargs="*", help="like https://www.acme.example")

    def handle(self, *, tenant: str, origins: Sequence[str], **_: object) -> None:
        """Replace the list."""
        try:
            listed = set_origins(slug=tenant, origins=origins)
        except DomainError as error:
            raise CommandError(error.message, returncode=2) from error
        self.stdout.write(f"Pages of {', '.join(listed) or 'no other site'} may call the APIs of {tenant}.")

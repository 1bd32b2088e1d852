"""`hansa manage create_tenant SLUG --name NAME`."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from hansa.domain.tenants.services.create import create_tenant
from hansa.interfaces.commands.operator import OperatorCommand, change_tenant
from hansa.kernel.errors import DomainError, Invalid, NotFound


class Command(OperatorCommand):
    """Create a merchant's shop, ready to use at once."""

    help = "Create a merchant's shop, ready to use at once."
    requires_system_checks = ()  # the checks are for developers and cost more than the work

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("slug", help="the first part of the shop's address: acme.example.com")
        parser.add_argument("--name", required=True, help="the shop's name, for people")
        parser.add_argument("--currency", default="EUR", help="ISO 4217, default EUR")

        parser.add_argument("--language", default="en", help="in which the shop writes to people: en or de, default en")

    def handle(self, *, slug: str, name: str, currency: str, language: str, **_: object) -> None:
        """Create it."""
        try:
            tenant = create_tenant(slug=slug, name=name, currency=currency, language=language)
            change_tenant(slug, "tenant.created", lambda: None)
        except DomainError as error:
            raise CommandError(error.message, returncode=2 if isinstance(error, Invalid | NotFound) else 1) from error
        self.stdout.write(f"Created {tenant.name} ({tenant.slug}), prices in {tenant.currency}.")

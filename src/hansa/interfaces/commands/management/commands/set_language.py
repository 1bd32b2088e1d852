"""`hansa manage set_language SLUG LANGUAGE`."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from hansa.domain.notifications.services.change_language import change_language
from hansa.domain.tenants.selectors import find_tenants
from hansa.interfaces.commands.operator import OperatorCommand
from hansa.kernel.errors import DomainError
from hansa.kernel.tenancy import tenant_scope


class Command(OperatorCommand):
    """Change the language that a shop writes to people in."""

    help = "Change the language that a shop writes to people in, where they have asked for none that there is."
    requires_system_checks = ()  # the checks are for developers and cost more than the work

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("tenant", help="the shop's slug")
        parser.add_argument("language", help="en or de")

    def handle(self, *, tenant: str, language: str, **_: object) -> None:
        """Change it."""
        try:
            (found,) = find_tenants(slug=tenant)
            with tenant_scope(found):
                is_new = change_language(language=language)
        except DomainError as error:
            raise CommandError(error.message, returncode=2) from error
        self.stdout.write(f"{tenant} writes its letters in {language}{'' if is_new else ' already'}.")

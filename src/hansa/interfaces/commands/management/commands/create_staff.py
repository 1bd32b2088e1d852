"""`hansa manage create_staff EMAIL --tenant SLUG`."""

import getpass
import sys
from argparse import ArgumentParser

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_email

from hansa.domain.staff.services.create_staff import create_staff
from hansa.domain.tenants.selectors import get_tenant_by_slug
from hansa.interfaces.commands.operator import OperatorCommand
from hansa.kernel.errors import DomainError
from hansa.kernel.tenancy import tenant_scope


class Command(OperatorCommand):
    """Let somebody into a shop's back office."""

    help = "Let somebody into a shop's back office. Asks for the password, or reads it from standard input."
    requires_system_checks = ()  # the checks are for developers and cost more than the work

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("email")
        parser.add_argument("--tenant", required=True, help="the shop's slug")
        parser.add_argument("--name", default="", help="as the back office greets them")
        parser.add_argument("--role", help="a role's code: owner (the default), manager, clerk, read-only, or your own")

    def handle(self, *, email: str, tenant: str, name: str, role: str | None, **_: object) -> None:
        """Ask for the password and set it."""
        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            validate_email(email)
            validate_password(password)
            with tenant_scope(get_tenant_by_slug(tenant)):
                user = create_staff(email=email, password=password, name=name, role=role)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from error
        except DomainError as error:
            raise CommandError(error.message, returncode=2) from error
        self.stdout.write(f"{user.email} can log in to the back office of {tenant}.")

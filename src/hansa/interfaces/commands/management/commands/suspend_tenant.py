"""`hansa manage suspend_tenant SLUG [--resume]`."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from hansa.domain.tenants.services.suspend import resume_tenant, suspend_tenant
from hansa.interfaces.commands.operator import OperatorCommand, change_tenant
from hansa.kernel.errors import DomainError


class Command(OperatorCommand):
    """Close a shop for now, or open it again."""

    help = "Close a shop for now: every page answers 403 within seconds. Its data stay."
    requires_system_checks = ()  # the checks are for developers and cost more than the work

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("slug")
        parser.add_argument("--resume", action="store_true", help="open it again")

    def handle(self, *, slug: str, resume: bool, **_: object) -> None:
        """Do it."""
        try:
            if resume:
                change_tenant(slug, "tenant.resumed", lambda: resume_tenant(slug=slug))
            else:
                change_tenant(slug, "tenant.suspended", lambda: suspend_tenant(slug=slug))
        except DomainError as error:
            raise CommandError(error.message, returncode=2) from error
        self.stdout.write(f"{slug} is {'open again' if resume else 'closed'}.")

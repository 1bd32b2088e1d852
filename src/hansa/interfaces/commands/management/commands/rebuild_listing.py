"""`hansa manage rebuild_listing --tenant SLUG`."""

import time
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from hansa.domain.catalog.services.listing import rebuild_listing
from hansa.domain.tenants.selectors import get_tenant_by_slug
from hansa.kernel.errors import DomainError, Invalid, NotFound
from hansa.kernel.tenancy import tenant_scope


class Command(BaseCommand):
    """Derive a shop's listing anew from its catalogue."""

    help = "Derive a shop's listing anew from its catalogue. Safe at any time; changes only what is wrong."
    requires_system_checks = ()  # the checks are for developers

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("--tenant", required=True, help="the shop's slug")

    def handle(self, *, tenant: str, **_: object) -> None:
        """Rebuild it."""
        started = time.perf_counter()
        try:
            with tenant_scope(get_tenant_by_slug(tenant)):
                written = rebuild_listing()
        except DomainError as error:
            raise CommandError(error.message, returncode=2 if isinstance(error, Invalid | NotFound) else 1) from error
        seconds = time.perf_counter() - started
        self.stdout.write(f"The listing of {tenant} is true: {written} documents written in {seconds:.1f} s.")

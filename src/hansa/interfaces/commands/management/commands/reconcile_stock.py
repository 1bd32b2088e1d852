"""`hansa manage reconcile_stock [--tenant SLUG]`."""

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from hansa.domain.inventory.selectors import reconcile
from hansa.domain.tenants.selectors import find_tenants
from hansa.kernel.errors import NotFound
from hansa.kernel.tenancy import tenant_scope
from hansa.kernel.transactions import transaction


class Command(BaseCommand):
    """Prove that every stock counter is the sum of its ledger, and say which is not."""

    help = "Compare stock counters with the ledger and with live reservations. Changes nothing; safe at any time."
    requires_system_checks = ()  # the checks are for developers

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("--tenant", help="the shop's slug; all shops without it")

    def handle(self, *, tenant: str | None, **_: object) -> None:
        """Compare, print what does not add up, and exit with 1 when something does not."""
        try:
            tenants = find_tenants(slug=tenant)
        except NotFound as error:
            raise CommandError(error.message, returncode=2) from error
        number = 0
        for shop in tenants:
            with tenant_scope(shop), transaction():
                found = reconcile()
            number += len(found)
            for discrepancy in found:
                self.stdout.write(f"{shop.slug}: {discrepancy}")
        where = tenant or f"{len(tenants)} shops"
        if number:
            self.stdout.write(f"The stock of {where} does not add up: {number} stock items are wrong.")
            sys.exit(1)
        self.stdout.write(f"The stock of {where} adds up.")

"""`hansa manage verify_audit [--tenant SLUG [--expect NUMBER:HASH]]`."""

import re
import sys
from argparse import ArgumentParser, ArgumentTypeError

from django.core.management.base import BaseCommand, CommandError

from hansa.domain.audit.services.verify import Verified, verify_chain
from hansa.domain.tenants.selectors import find_tenants
from hansa.kernel.errors import NotFound
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction

_EXPECTED = re.compile(r"([1-9]\d{0,17}):([0-9a-fA-F]{64})")


class Command(BaseCommand):
    """Prove that the audit log is what was written, and say which entry is not."""

    help = (
        "Compute the audit log's chain again and compare. Prints the last entry's number and hash: keep them elsewhere,"
        " and give them back with --expect. Changes nothing; safe at any time. Exits with 1 when something is wrong."
    )
    requires_system_checks = ()  # the checks are for developers

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("--tenant", help="the shop's slug; all shops without it")
        parser.add_argument(
            "--expect",
            type=_expected,
            metavar="NUMBER:HASH",
            help="what an earlier call printed for this shop",
        )

    def handle(self, *, tenant: str | None, expect: tuple[int, str] | None, **_: object) -> None:
        """Verify each shop's chain, print what it says, and exit with 1 when one does not add up."""
        if expect is not None and tenant is None:
            message = "--expect is about one shop. Name it with --tenant."
            raise CommandError(message, returncode=2)
        try:
            shops = find_tenants(slug=tenant)
        except NotFound as error:
            raise CommandError(error.message, returncode=2) from error
        verified = [self._verify(shop, expect) for shop in shops]
        faults = sum(one.fault is not None for one in verified)
        if faults:
            self.stdout.write(f"The audit log of {faults} of {len(shops)} shops does not add up.")
            sys.exit(1)
        self.stdout.write(f"The audit log of {tenant or f'{len(shops)} shops'} adds up.")

    def _verify(self, shop: TenantContext, expect: tuple[int, str] | None) -> Verified:
        def show(done: int, total: int) -> None:
            if done < total:
                self.stderr.write(f"{shop.slug}: {done:,} of {total:,} entries")

        with tenant_scope(shop), transaction():
            verified = verify_chain(expected=expect, on_progress=show)
        if verified.fault is not None:
            self.stdout.write(f"{shop.slug}: {verified.fault}")
        elif verified.entries:
            self.stdout.write(f"{shop.slug}: {verified.entries}:{verified.head_hash}")
        return verified


def _expected(text: str) -> tuple[int, str]:
    given = _EXPECTED.fullmatch(text)
    if given is None:
        message = "it is a number, a colon and 64 hexadecimal digits, as verify_audit prints them"
        raise ArgumentTypeError(message)
    return int(given[1]), given[2]

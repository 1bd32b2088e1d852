"""`hansa manage load_tax_rates [FILE] --tenant SLUG`."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import CommandError

from hansa.domain.pricing.services.load_tax_rates import SAMPLE_FILE, load_tax_rates
from hansa.domain.tenants.selectors import get_tenant_by_slug
from hansa.interfaces.commands.operator import OperatorCommand
from hansa.kernel.errors import DomainError, Forbidden, NotFound
from hansa.kernel.tenancy import tenant_scope

MAX_BYTES = 10_000_000
WRONG_ARGUMENTS = 2


class Command(OperatorCommand):
    """Load a shop's tax rates from a CSV file."""

    help = "Load a shop's tax rates from a CSV file; without one, sample rates that you must check yourself."
    requires_system_checks = ()  # the checks are for developers

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("file", nargs="?", type=Path, default=SAMPLE_FILE, help="a CSV file; see the sample")
        parser.add_argument("--tenant", required=True, help="the shop's slug")

    def handle(self, *, file: Path, tenant: str, **_: object) -> None:
        """Load them."""
        try:
            if file.stat().st_size > MAX_BYTES:
                message = f"{file} has more than {MAX_BYTES // 1_000_000} MB. Split it."
                raise CommandError(message, returncode=WRONG_ARGUMENTS)
            table = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            message = f"{file} cannot be read as UTF-8 text: {error}"
            raise CommandError(message, returncode=WRONG_ARGUMENTS) from error
        try:
            with tenant_scope(get_tenant_by_slug(tenant)):
                loaded = load_tax_rates(table=table)
        except (NotFound, Forbidden) as error:
            raise CommandError(error.message, returncode=WRONG_ARGUMENTS) from error
        except DomainError as error:
            details = [f"  {wrong.field}: {wrong.message}" for wrong in error.errors]
            raise CommandError("\n".join([error.message, *details]), returncode=1) from error
        self.stdout.write(
            f"{loaded.created} rates are new, {loaded.updated} have changed, {loaded.unchanged} were right already."
        )
        if file == SAMPLE_FILE:
            self.stdout.write(f"These are sample rates. Check them before you sell anything: {SAMPLE_FILE}")

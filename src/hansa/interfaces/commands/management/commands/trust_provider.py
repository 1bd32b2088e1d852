"""`trust_provider CODE --tenant SLUG …` lets a shop's people log in with an OpenID Connect provider."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from hansa.domain.accounts.services.trust_provider import KINDS, trust_provider
from hansa.domain.tenants.selectors import get_tenant_by_slug
from hansa.interfaces.commands.operator import OperatorCommand
from hansa.kernel.errors import DomainError
from hansa.kernel.tenancy import tenant_scope


class Command(OperatorCommand):
    """Trust a provider."""

    help = "Lets people log in with a provider's word. Asks for its secret, or reads it from standard input."
    requires_system_checks = ()  # the checks are for developers and cost more than the work

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what the provider has told."""
        parser.add_argument("code", help="stands in its addresses: /account/sso/oidc/<code>/login/callback/")
        parser.add_argument("--tenant", required=True)
        parser.add_argument("--kind", default="openid_connect", choices=KINDS)
        parser.add_argument("--name", required=True, help="as the button says it")
        parser.add_argument("--client-id", required=True)
        parser.add_argument("--issuer", default="", help="for OpenID Connect: https://login.example.com")

    def handle(self, *_: Any, **options: Any) -> None:  # noqa: ANN401  (Django's signature)
        """Ask for the secret and save it."""
        secret = getpass.getpass("Secret: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            with tenant_scope(get_tenant_by_slug(options["tenant"])):
                trust_provider(
                    kind=options["kind"],
                    code=options["code"],
                    name=options["name"],
                    client_id=options["client_id"],
                    secret=secret,
                    issuer=options["issuer"],
                )
        except DomainError as error:
            raise CommandError(error.message, returncode=2) from error
        self.stdout.write(f"{options['name']} is trusted at {options['tenant']}.")

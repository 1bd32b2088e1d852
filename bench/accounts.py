"""A server of our own, in front of a shop in which many people have accounts."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.rig import Rig
from hansa.config import cli
from hansa.kernel.postgresql.pool import close_connections
from hansa.kernel.tenancy import tenant_scope

PASSWORD = "plum-Lantern-49-orbit"  # noqa: S105  (of people who do not exist)
PORT = 8791


@contextmanager
def serving_accounts(people: int) -> Iterator[tuple[Rig, str]]:
    """Serve a shop with so many accounts, `known0000@example.com` and so on; gives the rig and the host."""
    with tempfile.TemporaryDirectory(prefix="hansa-bench-") as directory:
        Path(directory).chmod(0o755)
        os.environ["HANSA_HOME"] = directory
        rig = Rig(Path(directory), PORT, "bench.accounts_server:application")
        server = cli.start_database()
        cli.set_up_django()
        try:
            _make_people(people)
            close_connections()
            with rig.serving():
                yield rig, f"bench.localhost:{PORT}"
        finally:
            if server:
                server.release()


def _make_people(people: int) -> None:
    from allauth.account.models import EmailAddress
    from django.contrib.auth.hashers import make_password

    from hansa.domain.accounts.models import User
    from hansa.domain.tenants.services.create import create_tenant
    from hansa.kernel.transactions import transaction

    tenant, encoded = create_tenant(slug="bench", name="Bench"), make_password(PASSWORD)
    with tenant_scope(tenant), transaction():
        users = [User(email=f"known{number:04}@example.com", password=encoded) for number in range(people)]
        User.objects.bulk_create(users)
        EmailAddress.objects.bulk_create(
            [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users]
        )

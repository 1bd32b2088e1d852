"""Fill the two demo shops on first use, and say where everything is."""

from pathlib import Path

from rich.console import Console

from hansa.config.demo.trade import open_for_business
from hansa.domain.accounts.selectors import has_staff
from hansa.domain.imports.selectors import has_imported
from hansa.domain.imports.services.import_file import import_file
from hansa.domain.staff.services.create_staff import create_staff
from hansa.domain.tenants.errors import TenantNotFound
from hansa.domain.tenants.selectors import get_tenant_by_slug
from hansa.domain.tenants.services.create import create_tenant
from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext, tenant_scope

SHOPS = {"demo": "Fjord & Field", "rival": "Cinder & Leaf"}
STAFF_PASSWORD = "demo-only-password"  # noqa: S105  (printed on the screen: it is no secret)
_HERE = Path(__file__).parent
_console = Console(stderr=True, highlight=False)


def seed_demo() -> None:
    """Make the demo's merchants, their staff and their catalogues, unless they are there already.

    A start that was interrupted goes on where it stopped: each step can be repeated.
    """
    for slug, name in SHOPS.items():
        try:
            tenant = get_tenant_by_slug(slug)
        except TenantNotFound:
            tenant = create_tenant(slug=slug, name=name)
        with tenant_scope(tenant):
            _fill(tenant)


def staff_email(slug: str) -> str:
    """Return the login of a demo shop's owner."""
    return f"owner@{slug}.example"


def introduce(port: int) -> None:
    """Say in a few lines what is where."""
    address = f"http://demo.localhost:{port}"
    _console.print(
        f"""
[bold]Hansa is serving two demo shops.[/bold] Stop it with Ctrl-C.

  Shop          {address}          and, next door, http://rival.localhost:{port}
  Back office   {address}/admin/
                log in as [bold]{staff_email("demo")}[/bold] with the password [bold]{STAFF_PASSWORD}[/bold]
  API           {address}/api/docs
  Products      {address}/api/v1/products

  Import your own Shopify export, in another terminal:
                .venv/bin/hansa manage import_products FILE.csv --format shopify --tenant demo
""",
        soft_wrap=True,
    )


def _fill(tenant: TenantContext) -> None:
    if not has_staff():
        create_staff(email=staff_email(tenant.slug), password=STAFF_PASSWORD, name="Demo owner")
    file = _HERE / f"{tenant.slug}.csv"
    if not has_imported(file):
        summary = import_file(file, file_format="shopify", now=clock.now())
        if summary.failed_rows:
            message = f"{summary.failed_rows} rows of the demo's own {file.name} could not be imported"
            raise RuntimeError(message)
        _console.print(f"hansa: {tenant.name}: {summary.created} products")
    open_for_business()

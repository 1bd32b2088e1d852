"""Change the language in which a tenant writes to people."""

from hansa.domain.tenants.errors import InvalidLanguage, TenantNotFound
from hansa.domain.tenants.models import Tenant
from hansa.kernel.languages import Language
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction


def set_language(*, language: str) -> None:
    """Let the current tenant's letters be in `language` from the next one on; buyers who asked for another get that.

    Raises InvalidLanguage, TenantNotFound.
    """
    check_language(language)
    with transaction():
        if not Tenant.objects.filter(pk=get_current_tenant().id).update(language=language):
            message = "The shop is not there any more."
            raise TenantNotFound(message)


def check_language(language: str) -> None:
    """Raise InvalidLanguage unless letters are written in it."""
    if language not in set(Language):
        message = f"Letters are written in {' or '.join(Language)}, not in {language[:10]!r}."
        raise InvalidLanguage(message)

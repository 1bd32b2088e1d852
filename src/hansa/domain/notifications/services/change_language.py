"""Change the language that the shop writes to people in."""

from hansa.domain.audit.services.record import record
from hansa.domain.tenants.selectors import get_language
from hansa.domain.tenants.services.set_language import set_language
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction


def change_language(*, language: str) -> bool:
    """Let the current tenant's letters be in `language` from the next one on; tell whether that is a change.

    Buyers and customers who asked for another language get that, as before. Raises InvalidLanguage. Recorded in the
    audit log as `tenant.language_changed`: tenants' own tables stand outside the wall, so no trigger tells it.
    """
    tenant = get_current_tenant()
    with transaction():
        before = get_language()
        set_language(language=language)
        if before != language:
            record(
                action="tenant.language_changed",
                object_type="tenant",
                object_id=tenant.id,
                label=tenant.name,
                before={"language": before},
                after={"language": language},
            )
    return before != language

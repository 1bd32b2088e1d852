"""Create a tenant."""

import re

from django.db import IntegrityError

from hansa.domain.tenants.errors import InvalidName, InvalidSlug, SlugTaken
from hansa.domain.tenants.models import SLUG_PATTERN, Tenant
from hansa.domain.tenants.services.set_language import check_language
from hansa.kernel.money import exponent
from hansa.kernel.tenancy import TenantContext
from hansa.kernel.transactions import transaction

MAX_NAME = 200


def create_tenant(*, slug: str, name: str, currency: str = "EUR", language: str = "en") -> TenantContext:
    """Create a merchant, ready to use at once: there is nothing per tenant to migrate.

    Raises InvalidSlug, InvalidName, InvalidLanguage, SlugTaken, UnknownCurrency.
    """
    if not re.fullmatch(SLUG_PATTERN, slug):
        message = (
            f"{slug[:63]!r} cannot be part of a host name."
            " Use 1 to 63 small letters, digits and hyphens, with no hyphen at either end."
        )
        raise InvalidSlug(message)
    if not 1 <= len(name) <= MAX_NAME or not name.strip() or not name.isprintable():
        message = f"The shop's name must be readable: 1 to {MAX_NAME} characters, no line breaks."
        raise InvalidName(message)
    exponent(currency)
    check_language(language)
    try:
        with transaction():
            return Tenant.objects.create(slug=slug, name=name, currency=currency, language=language).context
    except IntegrityError:
        message = f"There is a tenant {slug!r} already. Choose another slug."
        raise SlugTaken(message) from None

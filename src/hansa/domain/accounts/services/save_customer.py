"""Save a customer, or a group of customers."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from hansa.domain.accounts.errors import CustomerTaken, InvalidCustomer
from hansa.domain.accounts.models import Customer, CustomerGroup
from hansa.kernel.errors import DomainError, FieldError
from hansa.kernel.transactions import transaction

_FACTS: dict[str, tuple[type[DomainError], str, str]] = {
    "accounts_customer_email": (CustomerTaken, "email", "There is a customer with this e-mail address already."),
    "accounts_customer_group_id_tenant_fk": (InvalidCustomer, "group", "There is no such customer group."),
    "accounts_customergroup_name": (CustomerTaken, "name", "Another customer group has this name."),
    "accounts_customergroup_code": (CustomerTaken, "code", "Another customer group has this code."),
}


def save_customer(*, customer: Customer) -> Customer:
    """Save a customer whose fields somebody has set, new or changed; the e-mail address in small letters.

    Raises InvalidCustomer, CustomerTaken.
    """
    customer.email, customer.name = customer.email.strip().lower(), customer.name.strip()
    customer.tax_id = customer.tax_id.strip()
    _check(customer, relations={"group"})
    if customer.is_tax_exempt and not customer.tax_id:
        message = "Say what the exemption rests on: a VAT number, or the number of a certificate."
        raise InvalidCustomer(message, errors=(FieldError("tax_id", InvalidCustomer.code, message),))
    with _named_violations(), transaction():
        customer.save()
    return customer


def save_customer_group(*, group: CustomerGroup) -> CustomerGroup:
    """Save a group whose fields somebody has set, new or changed. Raises InvalidCustomer, CustomerTaken."""
    group.name = group.name.strip()
    _check(group, relations=set())
    with _named_violations(), transaction():
        group.save()
    return group


def _check(row: Customer | CustomerGroup, *, relations: set[str]) -> None:
    try:
        row.clean_fields(exclude=relations | {"id", "tenant_id"})
    except ValidationError as error:
        errors = tuple(
            FieldError(name, InvalidCustomer.code, " ".join(texts)) for name, texts in error.message_dict.items()
        )
        message = f"{errors[0].field}: {errors[0].message}"
        raise InvalidCustomer(message, errors=errors) from None


@contextmanager
def _named_violations() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        fact = _FACTS.get(getattr(diagnosis, "constraint_name", None) or "")
        if fact is None:
            raise
        kind, field, message = fact
        raise kind(message, errors=(FieldError(field, kind.code, message),)) from error

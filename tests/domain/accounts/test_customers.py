from typing import Any

import pytest
from django.db import IntegrityError

from hansa.domain.accounts.errors import CustomerTaken, InvalidCustomer
from hansa.domain.accounts.models import Customer, CustomerGroup
from hansa.domain.accounts.selectors import find_customer
from hansa.domain.accounts.services.save_customer import save_customer, save_customer_group
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.worlds import entered


def test_a_customer_is_one_person_in_any_spelling_and_another_next_door(
    shop: TenantContext, rival: TenantContext
) -> None:
    with tenant_scope(shop):
        ada = save_customer(customer=Customer(email=" Ada@Example.com", name="Ada"))
        with pytest.raises(CustomerTaken) as refused:
            save_customer(customer=Customer(email="ADA@example.com"))
        assert refused.value.errors[0].field == "email"
        assert find_customer("aDa@eXample.com ") == ada
        assert find_customer("bob@example.com") is None
    with tenant_scope(rival):
        assert find_customer("ada@example.com") is None
        save_customer(customer=Customer(email="ada@example.com"))


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"email": "nobody"}, "email"), ({"email": ""}, "email"), ({"is_tax_exempt": True}, "tax_id")],
)
def test_a_customer_that_makes_no_sense_is_refused(shop: TenantContext, fields: dict[str, Any], field: str) -> None:
    with tenant_scope(shop), pytest.raises(InvalidCustomer) as refused:
        save_customer(customer=Customer(**({"email": "ada@example.com"} | fields)))
    assert refused.value.errors[0].field == field
    with entered(shop):
        assert not Customer.objects.exists()


def test_the_database_itself_keeps_addresses_small(shop: TenantContext) -> None:
    with pytest.raises(IntegrityError, match="accounts_customer_email_small"), entered(shop):
        Customer.objects.create(email="Ada@example.com")


def test_a_group_has_its_name_and_code_to_itself(shop: TenantContext, rival: TenantContext) -> None:
    with tenant_scope(shop):
        group = save_customer_group(group=CustomerGroup(name="Wholesale", code="wholesale"))
        for fields, field in (
            ({"name": "Wholesale", "code": "b2b"}, "name"),
            ({"name": "B2B", "code": "wholesale"}, "code"),
        ):
            with pytest.raises(CustomerTaken) as refused:
                save_customer_group(group=CustomerGroup(**fields))
            assert refused.value.errors[0].field == field
        with pytest.raises(InvalidCustomer):
            save_customer_group(group=CustomerGroup(name="", code="x y"))
    with tenant_scope(rival), pytest.raises(InvalidCustomer) as strange:
        save_customer(customer=Customer(email="ada@example.com", group_id=group.pk))
    assert strange.value.errors[0].field == "group"


def test_a_group_that_goes_leaves_its_customers(shop: TenantContext) -> None:
    with tenant_scope(shop):
        group = save_customer_group(group=CustomerGroup(name="Club", code="club"))
        save_customer(customer=Customer(email="ada@example.com", group=group))
    with entered(shop):
        CustomerGroup.objects.get().delete()
        assert Customer.objects.get().group_id is None

"""Roles: nobody gives what they do not have, and somebody is always in charge."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from hansa.domain.staff.errors import (
    InvalidRole,
    InvalidStaff,
    LastOwner,
    MoreThanYouHave,
    RoleFixed,
    RoleInUse,
    RoleTaken,
    StaffNotFound,
)
from hansa.domain.staff.types import ALL_CAPABILITIES, PRESETS, SYSTEM, Authority, Limits
from hansa.kernel.errors import DomainError
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction

type Hire = Callable[..., UUID]


def role_id(code: str) -> UUID:
    from hansa.domain.staff.models import Role

    with transaction():
        return Role.objects.get(code=code).pk


def authority(user_id: UUID) -> Authority:
    from hansa.domain.staff.selectors import get_authority

    return get_authority(user_id)


def test_presets_exist_and_an_owner_may_everything(hire: Hire) -> None:
    owner = authority(hire("ada"))
    assert owner.capabilities == ALL_CAPABILITIES
    for preset in PRESETS:
        assert authority(hire(f"one-{preset.code}", preset.code)).capabilities == preset.capabilities


def test_what_nobody_declared_is_never_allowed(hire: Hire) -> None:
    owner = authority(hire("ada"))
    assert not owner.may("payouts.edit")
    assert not owner.may("")


def test_somebody_with_several_roles_may_what_any_of_them_allows(hire: Hire) -> None:
    from hansa.domain.staff.services.change_staff import assign_roles
    from hansa.domain.staff.services.save_role import save_role

    clerk = hire("cleo", "clerk")
    refunds = save_role(role_id=None, name="Refunds", capabilities=["orders.refund"], by=SYSTEM)
    assert refunds.capabilities == ["orders.refund", "orders.view"], "to change something one must see it"
    assign_roles(user_id=clerk, role_ids=[role_id("clerk"), refunds.pk], by=SYSTEM)
    assert authority(clerk).may("orders.refund")
    assert authority(clerk).may("stock.edit")
    assign_roles(user_id=clerk, role_ids=[refunds.pk], by=SYSTEM)
    assert not authority(clerk).may("stock.edit")


def test_nobody_gives_more_than_they_have(hire: Hire) -> None:
    from hansa.domain.staff.services.change_staff import assign_roles, suspend_staff
    from hansa.domain.staff.services.save_role import delete_role, save_role

    owner = hire("ada")
    people = save_role(role_id=None, name="People", capabilities=["staff.edit", "orders.view"], by=SYSTEM)
    hr, clerk = hire("hr", people.code), hire("cleo", "clerk")
    limited = authority(hr)
    with pytest.raises(MoreThanYouHave):
        save_role(role_id=None, name="Secret", capabilities=["orders.refund"], by=limited)
    with pytest.raises(MoreThanYouHave):
        save_role(role_id=role_id("clerk"), name="Clerk", capabilities=["orders.view"], by=limited)
    with pytest.raises(MoreThanYouHave):
        delete_role(role_id=role_id("manager"), by=limited)
    for code in ("owner", "manager"):
        with pytest.raises(MoreThanYouHave):
            assign_roles(user_id=hr, role_ids=[role_id(code)], by=limited)
    for victim in (owner, clerk):
        with pytest.raises(MoreThanYouHave):
            suspend_staff(user_id=victim, by=limited)
    assert authority(hr).capabilities == {"staff.edit", "staff.view", "orders.view"}
    assert authority(owner).capabilities == ALL_CAPABILITIES


def test_somebody_who_is_limited_changes_nobody(hire: Hire, shop: TenantContext) -> None:
    from hansa.domain.staff.services.change_staff import suspend_staff

    clerk = hire("cleo", "clerk")
    by = Authority(hire("ada"), ALL_CAPABILITIES, Limits(warehouses=frozenset({shop.id})))
    with pytest.raises(MoreThanYouHave):
        suspend_staff(user_id=clerk, by=by)


def test_the_owners_role_stays_as_it_is() -> None:
    from hansa.domain.staff.services.roles import ensure_roles
    from hansa.domain.staff.services.save_role import delete_role, save_role

    with transaction():
        ensure_roles()
    with pytest.raises(RoleFixed):
        save_role(role_id=role_id("owner"), name="King", capabilities=[], by=SYSTEM)
    with pytest.raises(RoleFixed):
        delete_role(role_id=role_id("owner"), by=SYSTEM)


def test_a_role_that_somebody_has_is_not_deleted(hire: Hire) -> None:
    from hansa.domain.staff.services.change_staff import assign_roles
    from hansa.domain.staff.services.save_role import delete_role

    clerk = hire("cleo", "clerk")
    with pytest.raises(RoleInUse):
        delete_role(role_id=role_id("clerk"), by=SYSTEM)
    assign_roles(user_id=clerk, role_ids=[role_id("read-only")], by=SYSTEM)
    delete_role(role_id=role_id("clerk"), by=SYSTEM)
    hire("another", "read-only")
    from hansa.domain.staff.models import Role

    with transaction():
        assert not Role.objects.filter(code="clerk").exists(), "what the merchant deleted does not come back"


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"name": "", "capabilities": []}, InvalidRole),
        ({"name": "x" * 101, "capabilities": []}, InvalidRole),
        ({"name": "a\x00b", "capabilities": []}, InvalidRole),
        ({"name": "Bank", "capabilities": ["bank.rob"]}, InvalidRole),
        ({"name": "Clerk", "capabilities": []}, RoleTaken),
    ],
)
def test_a_role_that_makes_no_sense_is_refused(
    hire: Hire, fields: dict[str, object], refusal: type[DomainError]
) -> None:
    from hansa.domain.staff.services.save_role import save_role

    hire("ada")
    with pytest.raises(refusal):
        save_role(role_id=None, by=SYSTEM, **fields)  # type: ignore[arg-type]


def test_the_last_owner_stays(hire: Hire) -> None:
    from hansa.domain.staff.services.change_staff import assign_roles, suspend_staff

    ada, bob = hire("ada"), hire("bob")
    suspend_staff(user_id=bob, by=SYSTEM)
    with pytest.raises(LastOwner):
        suspend_staff(user_id=ada, by=SYSTEM)
    with pytest.raises(LastOwner):
        assign_roles(user_id=ada, role_ids=[role_id("clerk")], by=SYSTEM)
    with pytest.raises(InvalidStaff):
        assign_roles(user_id=ada, role_ids=[], by=SYSTEM)
    assert authority(ada).capabilities == ALL_CAPABILITIES


def test_two_owners_who_suspend_each_other_at_once_leave_one(hire: Hire, shop: TenantContext) -> None:
    from django.db import connection

    from hansa.domain.staff.services.change_staff import suspend_staff

    for _ in range(10):
        ada, bob = hire("ada"), hire("bob")

        def suspend(victim: UUID) -> bool:
            try:
                with tenant_scope(shop):
                    suspend_staff(user_id=victim, by=SYSTEM)
            except LastOwner:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(suspend, (ada, bob))) == [False, True]


def test_nobody_suspends_themselves(hire: Hire) -> None:
    from hansa.domain.staff.services.change_staff import suspend_staff

    ada = hire("ada")
    hire("bob")
    with pytest.raises(MoreThanYouHave):
        suspend_staff(user_id=ada, by=authority(ada))


def test_a_suspended_person_may_nothing_until_restored(hire: Hire) -> None:
    from hansa.domain.staff.services.change_staff import restore_staff, suspend_staff

    hire("ada")
    clerk = hire("cleo", "clerk")
    suspend_staff(user_id=clerk, by=SYSTEM)
    assert not authority(clerk).capabilities
    restore_staff(user_id=clerk, by=SYSTEM)
    assert authority(clerk).may("stock.edit")


def test_another_shops_people_and_roles_do_not_exist(hire: Hire, rival: TenantContext) -> None:
    from hansa.domain.staff.services.change_staff import assign_roles, suspend_staff
    from hansa.domain.staff.services.create_staff import create_staff

    ours = hire("cleo", "clerk")
    with tenant_scope(rival):
        theirs = create_staff(email="cleo@example.com", password="correct horse battery").pk  # noqa: S106
        their_role = role_id("clerk")
    assert not authority(theirs).capabilities
    with pytest.raises(StaffNotFound):
        suspend_staff(user_id=theirs, by=SYSTEM)
    with pytest.raises(InvalidStaff):
        assign_roles(user_id=ours, role_ids=[their_role], by=SYSTEM)


def test_limits_are_rows_of_guardian_and_narrow_one_person(hire: Hire) -> None:
    from hansa.domain.inventory.services.create_warehouse import create_warehouse
    from hansa.domain.staff.services.change_staff import limit_staff

    hire("ada")
    clerk, other = hire("cleo", "clerk"), hire("carl", "clerk")
    here, there = create_warehouse(name="Here", code="here"), create_warehouse(name="There", code="there")
    limit_staff(user_id=clerk, permission="inventory.view_warehouse", objects=[here], by=SYSTEM)
    assert authority(clerk).limits == Limits(warehouses=frozenset({here.pk}))
    assert authority(other).limits == Limits()
    limit_staff(user_id=clerk, permission="inventory.view_warehouse", objects=[there], by=SYSTEM)
    assert authority(clerk).limits == Limits(warehouses=frozenset({there.pk}))
    from hansa.domain.accounts.models import User

    with transaction():
        person = User.objects.get(pk=clerk)
        assert person.has_perm("inventory.change_stockitem")
        assert person.has_perm("inventory.view_warehouse") is False, "a clerk does not see settings"
    limit_staff(user_id=clerk, permission="inventory.view_warehouse", objects=[], by=SYSTEM)
    assert authority(clerk).limits == Limits()
    with pytest.raises(InvalidStaff):
        limit_staff(user_id=clerk, permission="orders.view_order", objects=[here], by=SYSTEM)


def test_an_owner_cannot_be_limited(hire: Hire) -> None:
    from hansa.domain.inventory.services.create_warehouse import create_warehouse
    from hansa.domain.staff.services.change_staff import limit_staff

    owner = hire("ada")
    with pytest.raises(InvalidStaff):
        limit_staff(
            user_id=owner,
            permission="inventory.view_warehouse",
            objects=[create_warehouse(name="Here", code="here")],
            by=SYSTEM,
        )


def test_a_role_that_comes_first_does_not_keep_the_presets_away() -> None:
    from hansa.domain.staff.models import Role
    from hansa.domain.staff.services.save_role import save_role

    save_role(role_id=None, name="First", capabilities=[], by=SYSTEM)
    with transaction():
        assert set(Role.objects.values_list("code", flat=True)) == {"first", *(preset.code for preset in PRESETS)}

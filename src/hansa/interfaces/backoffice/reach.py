"""What whoever looks at a page of the back office may do, and which rows they see."""

from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from hansa.domain.accounts.models import User
from hansa.domain.staff.permissions import authority_of
from hansa.domain.staff.types import Authority
from hansa.interfaces.reach import check_place, narrow


def authority(request: HttpRequest) -> Authority:
    """Return what whoever asks may do; somebody who is not logged in may do nothing."""
    return authority_of(request.user) if isinstance(request.user, User) else Authority(user_id=UUID(int=0))


def may_set_stock(request: HttpRequest) -> bool:
    """Tell whether a product's page may set its stock, which is that of the default warehouse."""
    who = authority(request)
    return who.may("stock.edit") and who.limits.warehouses is None


def within_reach(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return those of the rows that the person may see at all."""
    return narrow(rows, authority(request))


def check_reach(request: HttpRequest, item: Model) -> None:
    """Raise NotAllowed when a form would put something where the person's permission does not reach."""
    check_place(item, authority(request))

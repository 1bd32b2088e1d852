"""By what lists can be narrowed. Parameters that a list does not know are refused, so that a typo is no silence."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.filters import SearchFilter
from rest_framework.request import Request

from hansa.domain.accounts.models import Customer, User
from hansa.domain.audit.models import AuditEntry
from hansa.domain.catalog.models import Product
from hansa.domain.events.models import Event
from hansa.domain.exports.models import Export, Feed
from hansa.domain.imports.models import ImportRun
from hansa.domain.orders.models import Order
from hansa.domain.staff.models import ApiKey, Invitation
from hansa.domain.webhooks.models import Delivery, Endpoint
from hansa.interfaces.management.moments import read_moment
from hansa.interfaces.management.pages import InvalidParameter
from hansa.kernel.errors import FieldError

_COMMON = frozenset({"limit", "cursor", "ordering", "search", "format"})
_MAX_SEARCH = 200


class Filters(filters.DjangoFilterBackend):  # type: ignore[misc]  # django-filter has no types
    """django-filter, and nothing unknown."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:  # noqa: ANN401  (DRF's signature)
        """Narrow the rows. Raises InvalidParameter."""
        known = getattr(view, "filterset_class", None)
        names = _COMMON | (set(known.base_filters) if known else set())
        unknown = sorted(set(request.query_params) - names)
        if unknown:
            message = f"There is no such parameter here. Known: {', '.join(sorted(names - {'format'}))}."
            raise InvalidParameter(message, errors=tuple(FieldError(one[:100], "unknown", message) for one in unknown))
        if any("\x00" in value for values in request.query_params.lists() for value in values[1]):
            message = "A parameter holds a NUL character."
            raise InvalidParameter(message)
        fields = known.base_filters if known else {}
        empty = [one for one in request.query_params if not request.query_params[one] and not _is_text(fields.get(one))]
        if empty:
            message = "This needs a value. Leave the parameter out to see everything."
            raise InvalidParameter(message, errors=tuple(FieldError(one, "blank", message) for one in empty))
        narrowed: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return narrowed


def _is_text(field: Any) -> bool:  # noqa: ANN401  (django-filter has no types)
    """Tell whether an empty value makes sense; of our own parameters it is left to who reads them."""
    return field is None or type(field) is filters.CharFilter


class Search(SearchFilter):
    """`search`: every word must be found in one of the fields."""

    def get_search_terms(self, request: Request) -> list[str]:
        """Return the words. Raises InvalidParameter."""
        if len(request.query_params.get(self.search_param, "")) > _MAX_SEARCH:
            message = f"Search for at most {_MAX_SEARCH} characters."
            raise InvalidParameter(message, errors=(FieldError("search", "too_long", message),))
        return list(super().get_search_terms(request))


class MomentField(forms.Field):
    """A moment (RFC 3339)."""

    def to_python(self, value: Any) -> Any:  # noqa: ANN401  (Django's signature)
        """Read it. Raises ValidationError."""
        found = read_moment(value) if value else None
        if value and found is None:
            message = "Write a moment as 2026-11-22T08:00:00Z."
            raise ValidationError(message, code="invalid")
        return found


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(filters.Filter):  # type: ignore[misc]  # django-filter has no types
    """Before or after a moment."""

    field_class = MomentField


@extend_schema_field(OpenApiTypes.INT)
class WholeNumber(filters.NumberFilter):  # type: ignore[misc]  # django-filter has no types
    """A whole number."""

    field_class = forms.IntegerField


class Narrowing(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """What all filters share: how they read moments."""

    FILTER_DEFAULTS = filters.FilterSet.FILTER_DEFAULTS | {models.DateTimeField: {"filter_class": Moment}}


@extend_schema_field(OpenApiTypes.BOOL)
class YesNo(filters.TypedChoiceFilter):  # type: ignore[misc]  # django-filter has no types
    """`true` or `false`, and nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (django-filter's signature)
        """Offer the two."""
        words = [("true", "true"), ("false", "false")]
        super().__init__(*args, choices=words, coerce=lambda word: word == "true", **kwargs)


class StaffFilter(Narrowing):
    """Staff."""

    role = filters.UUIDFilter(field_name="assignments__role_id")
    is_active = YesNo()

    class Meta:
        model = User
        fields = ("is_active", "email")


class InvitationFilter(Narrowing):
    """Invitations."""

    is_open = YesNo(method="by_openness")

    class Meta:
        model = Invitation
        fields = ("email",)

    def by_openness(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:  # noqa: ARG002, FBT001  (django-filter's signature)
        """Choose those that were neither accepted nor withdrawn, or the others."""
        still_open = {"accepted_at": None, "withdrawn_at": None}
        return rows.filter(**still_open) if value else rows.exclude(**still_open)


class ApiKeyFilter(Narrowing):
    """API keys."""

    is_revoked = YesNo(field_name="revoked_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = ApiKey
        fields = ("prefix",)


class CustomerFilter(Narrowing):
    """Customers."""

    group = filters.UUIDFilter(field_name="group_id")
    is_tax_exempt = YesNo()

    class Meta:
        model = Customer
        fields = {"email": ["exact"], "is_tax_exempt": ["exact"], "updated_at": ["gte", "lt"]}


class ProductFilter(Narrowing):
    """Products."""

    category = filters.UUIDFilter(field_name="category_id")
    sku = filters.CharFilter(field_name="variants__sku", distinct=True)
    is_archived = YesNo(field_name="archived_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Product
        fields = {"status": ["exact"], "slug": ["exact"], "vendor": ["exact"], "updated_at": ["gte", "lt"]}


class ImportFilter(Narrowing):
    """Imports."""

    class Meta:
        model = ImportRun
        fields = {"status": ["exact"], "file_format": ["exact"], "created_at": ["gte", "lt"]}


class OrderFilter(Narrowing):
    """Orders."""

    email = filters.CharFilter(method="by_email")
    number = WholeNumber()

    class Meta:
        model = Order
        fields = {
            "status": ["exact"],
            "customer_id": ["exact"],
            "placed_at": ["gte", "lt"],
            "updated_at": ["gte", "lt"],
        }

    def by_email(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:  # noqa: ARG002  (django-filter's signature)
        """Find in any spelling of its case."""
        return rows.filter(email_key=value.strip().lower())


class ExportFilter(Narrowing):
    """Exports."""

    class Meta:
        model = Export
        fields = {"kind": ["exact"], "status": ["exact"]}


class FeedFilter(Narrowing):
    """Product feeds."""

    class Meta:
        model = Feed
        fields = {"status": ["exact"], "language": ["exact"]}


class AuditFilter(Narrowing):
    """The audit log."""

    class Meta:
        model = AuditEntry
        fields = {
            "action": ["exact"],
            "actor_kind": ["exact"],
            "actor_id": ["exact"],
            "object_type": ["exact"],
            "object_id": ["exact"],
            "request_id": ["exact"],
            "at": ["gte", "lt"],
        }


class EventFilter(Narrowing):
    """The log of events."""

    after = WholeNumber(field_name="sequence", lookup_expr="gt", min_value=0)
    type = filters.CharFilter(method="by_type")
    aggregate_id = filters.UUIDFilter()

    class Meta:
        model = Event
        fields = {"status": ["exact"], "occurred_at": ["gte", "lt"]}

    def by_type(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:  # noqa: ARG002  (django-filter's signature)
        """Find one name, or with `order.*` all that begin so."""
        return rows.filter(name__startswith=value[:-1]) if value.endswith(".*") else rows.filter(name=value)


class WebhookFilter(Narrowing):
    """Webhooks."""

    is_enabled = YesNo()

    class Meta:
        model = Endpoint
        fields = ("is_enabled",)


class DeliveryFilter(Narrowing):
    """What was sent to a webhook."""

    event_id = filters.UUIDFilter()
    type = filters.CharFilter(field_name="event_name")

    class Meta:
        model = Delivery
        fields = {"status": ["exact"], "created_at": ["gte", "lt"]}

"""Customers and their groups in the back office."""

from typing import Any

from django import forms
from django.contrib.admin import register
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from hansa.domain.accounts.models import Customer, CustomerGroup
from hansa.domain.accounts.services.save_customer import save_customer, save_customer_group
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.refusals import ServiceAdmin
from hansa.interfaces.backoffice.site import backoffice


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """A customer as staff write it."""

    class Meta:
        model = Customer
        fields = ("email", "name", "group", "is_tax_exempt", "tax_id", "language")

    def clean_email(self) -> str:
        """Take small letters, as the service does, before the database's conditions are asked."""
        return str(self.cleaned_data["email"]).lower()


@register(Customer, site=backoffice)
class CustomerAdmin(ServiceAdmin):
    """Those who buy."""

    form = CustomerForm
    list_display = ("email", "name", "group", "is_tax_exempt", "orders", "created_at")
    list_filter = ("group", "is_tax_exempt")
    list_select_related = ("group",)
    search_fields = ("email", "name")
    ordering = ("email",)
    fields = (("email", "name"), ("group", "language"), ("is_tax_exempt", "tax_id"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  (Django's signature)
        """Nothing is deleted by hand."""
        return False

    @column("Orders")
    def orders(self, customer: Customer) -> SafeString:
        """Lead to what they ordered."""
        page = f"{reverse('admin:orders_order_changelist')}?{urlencode({'q': customer.email})}"
        return format_html('<a class="text-primary-700 dark:text-primary-400" href="{}">Show</a>', page)

    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save through the service."""
        save_customer(customer=obj)


@register(CustomerGroup, site=backoffice)
class CustomerGroupAdmin(ServiceAdmin):
    """Customers that are treated alike."""

    list_display = ("name", "code", "customer_total")
    search_fields = ("name", "code")
    ordering = ("name",)
    fields = ("name", "code")
    prepopulated_fields = {"code": ("name",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[CustomerGroup]:
        """Read each group with the number of its customers."""
        groups: QuerySet[CustomerGroup] = super().get_queryset(request)
        return groups.annotate(customer_count=Count("customers"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  (Django's signature)
        """Prices and promotions refer to it."""
        return False

    @column("Customers", ordering="customer_count")
    def customer_total(self, group: Any) -> int:  # noqa: ANN401  (a group with its count)
        """Show how many belong to it."""
        return int(group.customer_count)

    def save_model(self, request: HttpRequest, obj: CustomerGroup, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save through the service."""
        save_customer_group(group=obj)

"""Customers."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from hansa.domain.accounts.models import Customer
from hansa.domain.accounts.services.save_customer import save_customer
from hansa.interfaces.management.access import Readable, Resource
from hansa.interfaces.management.filters import CustomerFilter
from hansa.interfaces.management.serializers.customers import CustomerBody, CustomerRead


class CustomerResource(Readable, Resource):
    """Those who buy."""

    queryset = Customer.objects.all()
    serializer_class = CustomerRead
    filterset_class = CustomerFilter
    search_fields = ("email", "name")
    orderings = ("-created_at", "created_at", "email", "-email")
    capabilities: ClassVar = {
        "list": "customers.view",
        "retrieve": "customers.view",
        "partial_update": "customers.edit",
    }

    @extend_schema(request=CustomerBody, responses=CustomerRead)
    def partial_update(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Change what the shop knows of a customer."""
        customer = self.get_for_change()
        body = CustomerBody(data=request.data)
        body.is_valid(raise_exception=True)
        for name, value in body.validated_data.items():
            setattr(customer, name, value)
        save_customer(customer=customer)
        return self.shown(self.get_object())

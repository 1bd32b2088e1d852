"""Customers on the wire."""

from rest_framework import serializers

from hansa.domain.accounts.models import Customer
from hansa.interfaces.management.serializers.base import Body, Id, Text, YesNo


class CustomerRead(serializers.ModelSerializer[Customer]):
    """A customer."""

    class Meta:
        model = Customer
        fields = ("id", "email", "name", "group_id", "is_tax_exempt", "tax_id", "created_at", "updated_at")


class CustomerBody(Body):
    """What can be changed of a customer; what is left out stays."""

    name = Text(max_length=200, allow_blank=True, required=False)
    group_id = Id(allow_null=True, required=False)
    is_tax_exempt = YesNo(required=False)
    tax_id = Text(max_length=50, allow_blank=True, required=False)

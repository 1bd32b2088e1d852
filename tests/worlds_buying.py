"""Small worlds for tests of buying: a shop that ships, and knows its taxes."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hansa.domain.fulfilment.models import ShippingMethod, ShippingZone
from hansa.domain.fulfilment.services.save_method import save_method
from hansa.domain.fulfilment.services.save_zone import save_zone
from hansa.domain.pricing.models import Market, Promotion, TaxClass, TaxRate
from hansa.domain.pricing.services.save_market import save_market
from hansa.domain.pricing.services.save_promotion import save_promotion
from hansa.domain.pricing.services.save_tax_class import save_tax_class
from hansa.domain.pricing.services.save_tax_rate import save_tax_rate
from hansa.kernel.tenancy import TenantContext, tenant_scope


@dataclass(frozen=True, slots=True)
class OpenShop:
    """What `open_shop` made."""

    zone_id: UUID
    method_id: UUID
    """Standard, 4.90 flat."""
    tax_class_id: UUID


def open_shop(tenant: TenantContext) -> OpenShop:
    """Let the tenant ship everywhere for 4.90 and charge 19 % German VAT inside its prices."""
    with tenant_scope(tenant):
        standard = save_tax_class(tax_class=TaxClass(code="standard", name="Standard", is_default=True))
        save_tax_rate(rate=TaxRate(tax_class=standard, country="DE", name="VAT 19 %", rate_ppm=190_000))
        save_market(market=Market(name="Home", countries=["DE"], prices_include_tax=True, is_default=True))
        zone = save_zone(zone=ShippingZone(name="Everywhere"))
        method = save_method(method=ShippingMethod(zone=zone, name="Standard", kind="flat", amount=490))
    return OpenShop(zone_id=zone.pk, method_id=method.pk, tax_class_id=standard.pk)


def promote(tenant: TenantContext, name: str, **fields: Any) -> Promotion:
    """Let the tenant have a promotion: 10 % off everything, unless told otherwise."""
    defaults: dict[str, Any] = {"kind": "percentage"}
    if fields.get("kind", "percentage") == "percentage":
        defaults["rate_ppm"] = 100_000
    with tenant_scope(tenant):
        return save_promotion(promotion=Promotion(name=name, **(defaults | fields)))

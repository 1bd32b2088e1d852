"""What a demo shop needs to sell: taxes, shipping and a few promotions."""

from hansa.domain.fulfilment.models import PickupPoint, ShippingMethod, ShippingZone
from hansa.domain.fulfilment.services.save_method import save_method
from hansa.domain.fulfilment.services.save_pickup_point import save_pickup_point
from hansa.domain.fulfilment.services.save_zone import save_zone
from hansa.domain.pricing.models import Market, Promotion, TaxRate
from hansa.domain.pricing.services.load_tax_rates import SAMPLE_FILE, load_tax_rates
from hansa.domain.pricing.services.save_market import save_market
from hansa.domain.pricing.services.save_promotion import save_promotion
from hansa.kernel.transactions import transaction

_POINTS = (
    ("Harbour shop", "Quay 1, 23552 Lübeck", 53_866_400, 10_679_800, "Mon–Sat 10–18"),
    ("Market hall", "Market Square 4, 20095 Hamburg", 53_550_700, 10_000_700, "Mon–Fri 8–20, Sat 8–16"),
)


def open_for_business() -> None:
    """Give the current tenant taxes, shipping and promotions, each unless it has some already.

    What its owner changes stays changed, also what they archive: every start asks, none overwrites.
    """
    with transaction():
        has_rates = TaxRate.objects.exists()
        has_market = Market.objects.exists()
        has_zone = ShippingZone.objects.exists()
        has_promotions = Promotion.objects.exists()
    with transaction():
        if not has_rates:
            load_tax_rates(table=SAMPLE_FILE.read_text(encoding="utf-8"))
        if not has_market:
            save_market(market=Market(name="Home", countries=["DE"], prices_include_tax=True, is_default=True))
        if not has_zone:
            _ship()
        if not has_promotions:
            _promote()


def _ship() -> None:
    zone = save_zone(zone=ShippingZone(name="Everywhere"))
    save_method(method=ShippingMethod(zone=zone, name="Standard, 2–4 days", kind="flat", amount=490, position=1))
    save_method(
        method=ShippingMethod(
            zone=zone,
            name="Express, next working day",
            kind="by_weight",
            tiers=[[0, 1290], [5000, 1890], [20_000, 3490]],
            position=2,
        )
    )
    fetch = save_method(method=ShippingMethod(zone=zone, name="Pick up in the shop", kind="pickup", position=3))
    for position, (name, address, latitude, longitude, hours) in enumerate(_POINTS):
        save_pickup_point(
            point=PickupPoint(
                method=fetch,
                name=name,
                address=address,
                latitude_microdegrees=latitude,
                longitude_microdegrees=longitude,
                opening_hours=hours,
                position=position,
            )
        )


def _promote() -> None:
    save_promotion(
        promotion=Promotion(
            name="Welcome: 10 % off",
            code="WELCOME10",
            kind="percentage",
            rate_ppm=100_000,
            usage_limit_per_customer=1,
            priority=10,
        )
    )
    save_promotion(
        promotion=Promotion(
            name="Free shipping from €75", kind="free_shipping", min_subtotal=7500, currency="EUR", priority=20
        )
    )
    save_promotion(
        promotion=Promotion(
            name="3 for 2: the cheapest is free",
            code="3FOR2",
            kind="buy_x_get_y",
            buy_quantity=2,
            get_quantity=1,
            priority=5,
        )
    )

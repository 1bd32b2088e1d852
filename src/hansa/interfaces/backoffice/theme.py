"""How the back office looks and what its navigation leads to: Unfold's settings."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy

from hansa.kernel.tenancy import find_current_tenant


def shop_name(request: HttpRequest) -> str:  # noqa: ARG001  (Unfold passes it)
    """Say whose back office it is."""
    shop = find_current_tenant()
    return shop.name if shop else "Hansa"


def may_read_audit_log(request: HttpRequest) -> bool:
    """Tell whether the audit log is offered."""
    return request.user.has_perm("audit.view_auditentry")


def _item(title: str, icon: str, page: str) -> dict[str, Any]:
    """Return an entry of the navigation, for those who may look at its page."""
    app, _, rest = page.partition("_")
    model = rest.removesuffix("_changelist")

    def may_look(request: HttpRequest) -> bool:
        user: Any = request.user  # the back office's own, loaded by its middleware
        return not rest or bool(user.has_perm(f"{app}.view_{model}"))

    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{page}"), "permission": may_look}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": shop_name,
    "SITE_HEADER": shop_name,
    "SITE_SUBHEADER": "Back office",
    "SITE_SYMBOL": "storefront",
    "SITE_URL": "/",
    "SHOW_HISTORY": may_read_audit_log,
    "SHOW_VIEW_ON_SITE": True,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "COLORS": {
        # A quiet blue-green: 700 on white has a contrast of 6.4, the button's white on 600 of 4.9.
        "primary": {
            "50": "oklch(97.5% .012 200)",
            "100": "oklch(94% .028 200)",
            "200": "oklch(88% .05 200)",
            "300": "oklch(80% .075 200)",
            "400": "oklch(70% .09 200)",
            "500": "oklch(60% .09 200)",
            "600": "oklch(50% .08 200)",
            "700": "oklch(44% .07 200)",
            "800": "oklch(38% .06 200)",
            "900": "oklch(32% .05 200)",
            "950": "oklch(24% .04 200)",
        },
    },
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": [
            {"items": [_item("Today", "dashboard", "index")]},
            {
                "title": "Sales",
                "separator": True,
                "items": [
                    _item("Orders", "receipt_long", "orders_order_changelist"),
                    _item("Customers", "group", "accounts_customer_changelist"),
                    _item("Customer groups", "groups", "accounts_customergroup_changelist"),
                    _item("Gift cards", "card_giftcard", "payments_giftcard_changelist"),
                    _item("E-mails", "mail", "notifications_notification_changelist"),
                    _item("E-mail texts", "edit_note", "notifications_lettertext_changelist"),
                ],
            },
            {
                "title": "Catalogue",
                "separator": True,
                "items": [
                    _item("Products", "inventory_2", "catalog_product_changelist"),
                    _item("Categories", "account_tree", "catalog_category_changelist"),
                    _item("Attributes", "sell", "catalog_attribute_changelist"),
                    _item("Pictures by URL", "add_photo_alternate", "catalog_picture_changelist"),
                    _item("Imports", "upload_file", "imports_importrun_changelist"),
                    _item("Exports", "download", "exports_export_changelist"),
                    _item("Product feeds", "rss_feed", "exports_feed_changelist"),
                ],
            },
            {
                "title": "Stock",
                "separator": True,
                "items": [
                    _item("Stock", "shelves", "inventory_stockitem_changelist"),
                    _item("Ledger", "history", "inventory_stockmovement_changelist"),
                    _item("Warehouses", "warehouse", "inventory_warehouse_changelist"),
                ],
            },
            {
                "title": "Prices",
                "separator": True,
                "items": [
                    _item("Promotions", "percent", "pricing_promotion_changelist"),
                    _item("Price lists", "price_change", "pricing_pricelist_changelist"),
                    _item("Tax rates", "account_balance", "pricing_taxrate_changelist"),
                    _item("Tax classes", "category", "pricing_taxclass_changelist"),
                    _item("Markets", "public", "pricing_market_changelist"),
                ],
            },
            {
                "title": "Delivery",
                "separator": True,
                "items": [
                    _item("Shipping methods", "local_shipping", "fulfilment_shippingmethod_changelist"),
                    _item("Shipping zones", "map", "fulfilment_shippingzone_changelist"),
                ],
            },
            {
                "title": "Integrations",
                "separator": True,
                "items": [
                    _item("Webhooks", "webhook", "webhooks_endpoint_changelist"),
                    _item("Deliveries", "outbox", "webhooks_delivery_changelist"),
                    _item("Events", "bolt", "events_event_changelist"),
                ],
            },
            {
                "title": "People",
                "separator": True,
                "items": [
                    _item("Staff", "badge", "accounts_user_changelist"),
                    _item("Roles", "admin_panel_settings", "staff_role_changelist"),
                    _item("Invitations", "forward_to_inbox", "staff_invitation_changelist"),
                    _item("API keys", "key", "staff_apikey_changelist"),
                    _item("Support access", "support_agent", "staff_supportgrant_changelist"),
                    _item("Audit log", "policy", "audit_auditentry_changelist"),
                ],
            },
        ],
    },
}

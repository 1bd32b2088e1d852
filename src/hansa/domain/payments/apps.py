"""App configuration."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Payments, refunds, the ledger and gift cards."""

    name = "hansa.domain.payments"
    label = "payments"

    def ready(self) -> None:
        """Announce the duties."""
        from hansa.domain.payments import handlers  # noqa: F401, PLC0415  (models must be loaded first)

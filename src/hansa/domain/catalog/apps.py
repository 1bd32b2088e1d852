"""App configuration."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Categories, products, variants and the listing."""

    name = "hansa.domain.catalog"
    label = "catalog"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        """Let handlers, duties and jobs announce themselves."""
        from hansa.domain.catalog import handlers, tasks  # noqa: F401, PLC0415  (they need the models)

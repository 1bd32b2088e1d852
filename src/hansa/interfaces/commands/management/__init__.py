"""Django's management package."""

"""The public storefront API: FastAPI under /api/v1."""

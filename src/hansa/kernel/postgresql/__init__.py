"""Django's PostgreSQL backend, with the tenant wall built in."""

"""Tenants: the merchants of this installation, and the hosts under which each is reached.

We own Tenant and Domain. These two tables are the only ones of the trade that belong to the
installation and not to a tenant, because they are asked before a tenant is known.

Invariants: a slug and a host name one tenant; a tenant's currency never changes.
"""

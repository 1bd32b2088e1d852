"""What can go wrong with tenants."""

from hansa.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class TenantNotFound(NotFound):
    """No shop answers to this host or slug."""

    code = "tenant_not_found"


class TenantSuspended(Forbidden):
    """The shop is closed for now."""

    code = "tenant_suspended"


class InvalidSlug(Invalid):
    """The slug cannot be part of a host name."""

    code = "invalid_slug"


class SlugTaken(Conflict):
    """Another merchant has this slug."""

    code = "slug_taken"


class InvalidName(Invalid):
    """The name is nothing that people could read."""

    code = "invalid_name"


class InvalidHost(Invalid):
    """The text is no host name."""

    code = "invalid_host"


class HostTaken(Conflict):
    """A shop answers at this host already."""

    code = "host_taken"


class InvalidOrigin(Invalid):
    """The text is no origin that could be listed."""

    code = "invalid_origin"


class InvalidLanguage(Invalid):
    """Letters are not written in this language."""

    code = "invalid_language"

"""The back office's site."""

from unfold.sites import UnfoldAdminSite


class BackOffice(UnfoldAdminSite):
    """One shop's back office: the host names the shop, the wall keeps staff in it."""


backoffice = BackOffice(name="admin")

"""Single sign-on: each tenant has its own providers, as rows behind the wall."""

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Providers come from the current tenant's `SocialApp` rows, and from nowhere else."""

    def is_open_for_signup(self, request: object, sociallogin: object) -> bool:  # noqa: ARG002  (allauth's signature)
        """Whoever their provider vouches for may come in."""
        return True

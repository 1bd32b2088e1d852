"""The back office: Django's admin in Unfold's clothes, one shop at a time."""

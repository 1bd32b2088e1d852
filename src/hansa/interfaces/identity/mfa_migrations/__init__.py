"""Tables of allauth's mfa, inside the wall: replaces its own migrations."""

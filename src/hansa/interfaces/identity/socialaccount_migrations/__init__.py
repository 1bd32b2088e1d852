"""Tables of allauth's socialaccount, inside the wall: replaces its own migrations."""

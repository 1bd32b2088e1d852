"""Tables of allauth's account, inside the wall: replaces its own migrations."""

"""Tables of allauth's usersessions, inside the wall: replaces its own migrations."""

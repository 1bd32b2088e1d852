"""Bodies, one file per context."""

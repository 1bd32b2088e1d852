"""The resources, one file per context."""

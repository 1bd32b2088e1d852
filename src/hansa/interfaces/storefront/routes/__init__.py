"""Endpoints, one file per context."""

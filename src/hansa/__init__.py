"""Hansa: many merchants' shops in one installation, each walled off by the database."""

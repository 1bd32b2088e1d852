"""The isolation crawler: every operation, asked as the wrong tenant, the wrong person and nobody. See ADR 9."""

"""The trade: Django apps with no HTTP and no vendor. A context may use only contexts below it."""

"""The reference shop: server-rendered pages that work without JavaScript."""

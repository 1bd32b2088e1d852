"""A payment provider across a network that fails as told, and Hansa with that provider."""

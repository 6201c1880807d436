"""A statically type-safe registry."""

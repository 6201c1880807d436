"""Programs that show typed_registry doing real work."""

"""A package whose catalogues are generated: each way to write a component, and each way to write a type."""

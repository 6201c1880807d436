"""A user's package: components of several kinds, one registry with a catalogue in a stub folder and one with it beside the module."""

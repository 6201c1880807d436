"""Measurements of speed: CPU time, as a ratio to a limit that is measured in the same run."""

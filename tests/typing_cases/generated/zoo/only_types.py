"""What is imported for checkers alone."""

from __future__ import annotations


class Ghost:
    """No component can import it when it runs."""

"""The journal: append-only entries, their kinds, and reading them."""

"""What letters say: rows → payloads."""

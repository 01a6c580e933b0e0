"""Letters: queued with their cause, delivered, shown, sent again."""

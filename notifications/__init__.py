"""Letters: what they say (pure), how they become a message (pure), and the wire."""

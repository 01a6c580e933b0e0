"""Who comes in: sign-in, sessions, and links from letters."""

"""Pages of letters and of the built-in mailbox."""

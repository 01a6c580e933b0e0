"""What tests share: a mail server, a running service, letters, a school year."""

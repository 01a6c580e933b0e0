"""The `karta` command: thin over the services."""

"""What the service stands on: PostgreSQL, Prefect's server, its files; knows nothing of schools."""

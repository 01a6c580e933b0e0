"""The database: tables, engine, loading, migrations. Repositories never commit."""

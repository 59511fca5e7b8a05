"""The database: tables, migrations and engines, SQLite by default and PostgreSQL by URL."""

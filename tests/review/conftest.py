from stored import database, database_url, events, template

__all__ = ["database", "database_url", "events", "template"]

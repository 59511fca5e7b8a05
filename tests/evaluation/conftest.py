from stored import database, database_url, template

__all__ = ["database", "database_url", "template"]

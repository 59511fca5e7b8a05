"""Accounts: the people who use the console, their passwords and their sessions."""

"""The model servers: how they are spoken to, and what goes wrong on the way."""

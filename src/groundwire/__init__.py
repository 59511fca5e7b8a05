"""Groundwire checks every answer of a language model, claim by claim, against a company's own documents."""

__version__ = "0.1.0"

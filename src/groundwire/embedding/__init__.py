"""Turns text into vectors: the shipped model, any sentence-transformers model, any OpenAI-compatible service."""

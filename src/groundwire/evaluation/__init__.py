"""Measures the check against labelled answers."""

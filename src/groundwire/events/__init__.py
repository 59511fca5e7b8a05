"""The events: what was checked, decided, and why; written durably, found again, counted and exported."""

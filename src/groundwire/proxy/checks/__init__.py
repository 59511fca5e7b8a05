"""The check of an answer in all its forms: text, JSON, tool calls; whole or as it arrives."""

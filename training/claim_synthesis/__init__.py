"""Makes labelled claims from knowledge-base texts: faithful wordings of what stands there, and realistic mistakes."""

"""From a claim and the passages found for it to a verdict with its reason."""

"""From the text of an answer to its claims, with exact character spans."""

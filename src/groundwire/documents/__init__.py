"""The text of a document and its parts: blocks, sentences, passages, statements. Pure functions with exact offsets."""

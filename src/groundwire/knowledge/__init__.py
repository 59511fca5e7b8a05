"""The versioned knowledge base: documents in, evidence out."""

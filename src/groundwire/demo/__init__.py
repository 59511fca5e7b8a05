"""Everything for a first look: a small model server with known mistakes, and the sample company's documents."""

"""Keys: who may call what, and the gate that the wire asks."""

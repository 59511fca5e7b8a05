"""Our own API: thin routes over the parts that do the work."""

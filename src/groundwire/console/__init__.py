"""The console: pages for people, made on the server, at `/console`."""

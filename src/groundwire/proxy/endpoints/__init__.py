"""The endpoints whose answers are checked: how the requests, replies and streams of each look."""

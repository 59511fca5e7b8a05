"""The demonstration model's side of OpenAI's wire, one file an endpoint: its requests and its replies."""

"""The wire: an OpenAI-compatible request goes in, the upstream's answer comes out checked."""

"""The wire: an OpenAI-compatible request goes in, the upstream's answer comes out checked.

`guarded.py` is one request from top to bottom. Beside it, `endpoints` know how requests and replies look, `upstreams`
fetch the replies, and `checks` check what is in them.
"""

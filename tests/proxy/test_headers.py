from groundwire.proxy.headers import forwarded, returned


def test_hop_by_hop_headers_cookies_and_ours_stay_here():
    headers = [
        (b"host", b"us"),
        (b"content-length", b"5"),
        (b"connection", b"keep-alive, X-Secret"),
        (b"x-secret", b"1"),
        (b"te", b"trailers"),
        (b"cookie", b"session=1"),
        (b"x-grounding-policy", b"strict"),
        (b"authorization", b"Bearer sk"),
        (b"openai-organization", b"org"),
        (b"accept-encoding", b"gzip"),
    ]

    assert forwarded(headers, drop=(b"accept-encoding",)) == headers[7:9]


def test_the_reply_keeps_its_own_headers():
    headers = [
        (b"Transfer-Encoding", b"chunked"),
        (b"Set-Cookie", b"a=1"),
        (b"Server", b"them"),
        (b"X-Grounding-Action", b"allow"),
        (b"Retry-After", b"7"),
        (b"X-RateLimit-Remaining", b"3"),
    ]

    assert returned(headers) == [(b"retry-after", b"7"), (b"x-ratelimit-remaining", b"3")]

import socket
import threading

import pytest

from fakes import Die, FakeUpstream, Scripted, Stall, running
from groundwire.errors import NotFound, UpstreamError, UpstreamTimeout
from groundwire.proxy.upstream import Call, Upstream, UpstreamAddress, Upstreams

POST = Call("POST", "/chat/completions", [(b"authorization", b"Bearer client"), (b"accept-encoding", b"gzip")], b"{}")


@pytest.fixture(scope="module")
def server():
    fake = FakeUpstream()
    with running(fake) as url:
        fake.url = f"{url}/v1"
        yield fake


@pytest.fixture
def fake(server):
    server.reset()
    return server


@pytest.fixture
async def to():
    """Make upstreams that are closed when the test is over."""
    made = []

    def make(url, **options):
        timeouts = {"connect_timeout_s": 0.5, "read_timeout_s": 0.05}
        made.append(Upstream(UpstreamAddress("fake", url, **{**timeouts, **options})))
        return made[-1]

    yield make
    for upstream in made:
        await upstream.close()


async def fetched(upstream, call=POST):
    async with await upstream.open(call) as reply:
        return reply.status, await reply.read()


async def test_a_call_reaches_the_base_url_with_the_clients_headers(fake, to):
    fake.will(Scripted([b"hi"], 201))

    call = Call("POST", "/files/a%2Fb", [(b"x-new", b"1"), (b"authorization", b"Bearer client")], b"body", b"q=1&r=%20")
    assert await fetched(to(fake.url), call) == (201, b"hi")

    [request] = fake.requests
    assert (request.path, request.query, request.body) == ("/v1/files/a%2Fb", "q=1&r=%20", b"body")
    assert request.headers["authorization"] == "Bearer client"
    assert request.headers["x-new"] == "1"
    assert set(request.headers) == {"host", "x-new", "authorization", "accept-encoding", "content-length"}


async def test_a_configured_key_and_headers_replace_the_clients(fake, to):
    fake.will(Scripted([b"hi"]))

    await fetched(to(fake.url, api_key="own", headers={"OpenAI-Organization": "org"}))

    assert fake.requests[0].headers["authorization"] == "Bearer own"
    assert fake.requests[0].headers["openai-organization"] == "org"


async def test_a_key_that_is_ours_is_not_sent_on(fake, to):
    fake.will(Scripted([b"hi"]))

    await fetched(to(fake.url), Call("GET", "/models", POST.headers, keeps_authorization=False))

    assert "authorization" not in fake.requests[0].headers


async def test_cookies_of_one_reply_do_not_reach_the_next_request(fake, to):
    fake.will(Scripted([b"hi"], headers={"set-cookie": "session=1"}))
    # A cookie jar would keep nothing for a bare address.
    upstream = to(fake.url.replace("127.0.0.1", "localhost"))

    await fetched(upstream)
    await fetched(upstream)

    assert "cookie" not in fake.requests[1].headers


async def test_compression_is_only_asked_for_when_the_body_is_not_read(fake, to):
    fake.will(Scripted([b"hi"]))
    upstream = to(fake.url)

    async with await upstream.open(POST, is_compressed=True):
        pass
    async with await upstream.open(POST):
        pass

    assert [request.headers["accept-encoding"] for request in fake.requests] == ["gzip", "identity"]


async def test_a_redirect_is_not_followed(fake, to):
    fake.will(Scripted([b""], 302, {"location": "http://127.0.0.1:9/"}))

    assert (await fetched(to(fake.url)))[0] == 302


def test_the_key_is_in_no_representation():
    assert "secret" not in repr(UpstreamAddress("a", "http://x", api_key="secret", headers={"x": "secret"}))


@pytest.fixture
def closed_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener.getsockname()[1]


async def test_an_upstream_that_is_not_there_is_named(closed_port, to):
    with pytest.raises(UpstreamError, match="'fake' can't be reached: Connection refused") as error:
        await fetched(to(f"http://127.0.0.1:{closed_port}/v1"))

    assert error.value.status == 502


async def test_a_name_that_does_not_resolve_is_an_upstream_error(to):
    with pytest.raises(UpstreamError, match="can't be reached"):
        await fetched(to("http://groundwire.invalid/v1"))


async def test_silence_before_the_reply_is_a_timeout(fake, to):
    stall = Stall()
    fake.will(Scripted([stall, b"hi"]))

    with pytest.raises(UpstreamTimeout, match="went silent while answering") as error:
        await fetched(to(fake.url))

    stall.release()
    assert error.value.status == 504


async def test_silence_in_the_reply_is_a_timeout(fake, to):
    stall = Stall()
    fake.will(Scripted([b"half", stall]))

    with pytest.raises(UpstreamTimeout, match="went silent while sending its reply"):
        await fetched(to(fake.url))

    stall.release()


async def test_a_reply_that_breaks_off_is_an_error(fake, to):
    fake.will(Scripted([b"half", Die()]))

    with pytest.raises(UpstreamError, match="closed the connection while sending its reply"):
        await fetched(to(fake.url))


@pytest.fixture
def raw():
    """A server that sends the same bytes to everyone and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))
    answer = {}

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(answer["bytes"])

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield lambda data: answer.update(bytes=data) or f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "closed the connection while answering"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "broke the protocol while answering"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", "closed the connection while sending its reply"),
    ],
    ids=["hung up", "no HTTP", "short body"],
)
async def test_a_broken_protocol_is_an_upstream_error(raw, to, data, message):
    with pytest.raises(UpstreamError, match=message):
        await fetched(to(raw(data), read_timeout_s=1.0))


async def test_a_compressed_reply_that_nobody_asked_for_is_read_all_the_same(raw, to):
    import gzip

    body = gzip.compress(b"hello")
    head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(body)

    assert await fetched(to(raw(head + body), read_timeout_s=1.0)) == (200, b"hello")


def test_the_first_upstream_that_serves_a_model_is_used():
    upstreams = Upstreams(
        [
            Upstream(UpstreamAddress("one", "http://one/v1", models=("gpt-*", "o?"))),
            Upstream(UpstreamAddress("two", "http://two/v1", models=("llama*",))),
        ]
    )

    assert [upstreams.serving(model).name for model in ("gpt-4o", "o1", "llama-3")] == ["one", "one", "two"]
    with pytest.raises(NotFound, match="'mistral'"):
        upstreams.serving("mistral")

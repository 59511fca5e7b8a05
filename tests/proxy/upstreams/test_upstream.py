import asyncio
import socket
import threading

import pytest

from fakes import Die, FakeUpstream, Scripted, Stall, running
from groundwire.errors import NotFound, UpstreamError, UpstreamTimeout
from groundwire.proxy.upstreams.dialects import AzureDialect
from groundwire.proxy.upstreams.upstream import Call, Upstream, UpstreamAddress, Upstreams

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
        made.append(Upstream(UpstreamAddress(options.pop("name", "fake"), url, **{**timeouts, **options})))
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
    address = UpstreamAddress("a", "http://x", api_key="secret", headers={"x": "secret"}, proxy="http://a:secret@b:1")
    assert "secret" not in repr(address)


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


AZURE = AzureDialect("2024-10-21", {"gpt-4o": "big"})


@pytest.mark.parametrize(("own", "key"), [({}, "client"), ({"api_key": "own"}, "own")], ids=["the client's", "ours"])
async def test_azure_is_asked_at_its_deployment_with_the_key_in_its_header(fake, to, own, key):
    fake.will(Scripted([b"hi"]))
    call = Call("POST", "/chat/completions", POST.headers, b'{"model": "gpt-4o"}')

    await fetched(to(fake.url.removesuffix("/v1"), dialect=AZURE, **own), call)

    [request] = fake.requests
    assert (request.path, request.query) == ("/openai/deployments/big/chat/completions", "api-version=2024-10-21")
    assert request.headers["api-key"] == key
    assert "authorization" not in request.headers
    assert request.body == call.body


async def test_with_a_configured_key_no_other_key_goes_along(fake, to):
    fake.will(Scripted([b"hi"]))

    await fetched(to(fake.url, api_key="own"), Call("POST", "/x", [*POST.headers, (b"api-key", b"client")]))

    assert fake.requests[0].headers["authorization"] == "Bearer own"
    assert "api-key" not in fake.requests[0].headers


@pytest.mark.parametrize(("answer_s", "read_s"), [(0.05, 5.0), (5.0, 0.05)], ids=["first byte", "further ones"])
@pytest.mark.parametrize("is_first", [True, False])
async def test_the_first_byte_and_the_others_have_limits_of_their_own(fake, to, answer_s, read_s, is_first):
    stall = Stall()
    fake.will(Scripted([stall, b"hi"] if is_first else [b"half", stall]))
    upstream, is_limited = to(fake.url, answer_timeout_s=answer_s, read_timeout_s=read_s), is_first is (answer_s < 1)
    releasing = threading.Timer(0.3, stall.release)
    releasing.start()

    if is_limited:
        with pytest.raises(UpstreamTimeout, match="while " + ("answering" if is_first else "sending its reply")):
            await fetched(upstream)
    else:
        assert (await fetched(upstream))[0] == 200
    releasing.join()


async def test_a_proxy_on_the_way_is_used_with_its_password(fake, to):
    fake.will(Scripted([b"hi"]))
    proxy = fake.url.removesuffix("/v1").replace("://", "://user:word@")

    assert await fetched(to("http://models.example/v1", proxy=proxy)) == (200, b"hi")

    [request] = fake.requests
    assert request.headers["host"] == "models.example"
    assert request.headers["proxy-authorization"] == "Basic dXNlcjp3b3Jk"


async def test_a_proxy_that_is_not_there_is_told_from_the_upstream(closed_port, to):
    upstream = to("http://models.example/v1", proxy=f"http://user:word@127.0.0.1:{closed_port}")

    with pytest.raises(
        UpstreamError, match="'fake' can't be reached, for its proxy can't: Connection refused"
    ) as error:
        await fetched(upstream)

    assert "word" not in error.value.message


async def test_a_proxy_that_refuses_is_named_with_its_status(raw, to):
    proxy = raw(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").removesuffix("/v1")

    with pytest.raises(UpstreamError, match="'fake' can't be reached, for its proxy refused with status 403"):
        await fetched(to("https://models.example/v1", proxy=proxy, read_timeout_s=1.0))


@pytest.fixture
def pair(fake, to):
    """Make an upstream at a URL whose fallback is the fake one, which says `second`."""

    def make(url, **options):
        first = to(url, name="first", **options)
        first.fallback = to(fake.url, name="second")
        return first

    return make


def test_fallbacks_are_found_by_name():
    first, second = (Upstream(UpstreamAddress(name, "http://x/v1")) for name in ("one", "two"))

    Upstreams([first, second], {"one": "two"})

    assert (first.fallback, second.fallback) == (second, None)


async def test_a_fallback_answers_for_an_upstream_that_is_not_there(fake, pair, closed_port):
    fake.will(Scripted([b"second"]))

    async with await pair(f"http://127.0.0.1:{closed_port}/v1").open(POST) as reply:
        assert (reply.upstream, await reply.read()) == ("second", b"second")


async def test_a_fallback_answers_for_silence_before_the_first_byte(fake, pair):
    stall = Stall()
    fake.will(Scripted([stall, b"hi"]), Scripted([b"second"]))

    assert await fetched(pair(fake.url)) == (200, b"second")
    stall.release()


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_fallback_answers_for_a_refusal(fake, pair, status):
    fake.will(Scripted([b"busy"], status), Scripted([b"second"]))

    assert await fetched(pair(fake.url)) == (200, b"second")


@pytest.mark.parametrize(("answer", "expected"), [(200, b"second"), (404, b"first")], ids=["better", "no better"])
async def test_the_reply_that_is_not_used_is_let_go(fake, pair, answer, expected):
    stall = Stall()
    refusal, other = Scripted([b"first"], 503), Scripted([b"second"], answer)
    (refusal if answer == 200 else other).pieces = [b"unused", stall]
    fake.will(refusal, other)

    async with await pair(fake.url, read_timeout_s=5).open(POST) as reply:
        assert await reply.read() == expected
        assert await asyncio.to_thread(stall.left.wait, 2)


@pytest.mark.parametrize("status", [200, 400, 401, 404])
async def test_an_answer_or_a_mistake_of_the_client_stays(fake, pair, status):
    fake.will(Scripted([b"first"], status), Scripted([b"second"]))

    assert await fetched(pair(fake.url)) == (status, b"first")
    assert len(fake.requests) == 1


async def test_nothing_steps_in_once_a_reply_has_begun(fake, pair):
    fake.will(Scripted([b"half", Die()]), Scripted([b"second"]))

    with pytest.raises(UpstreamError, match="'first' closed the connection while sending its reply"):
        await fetched(pair(fake.url))

    assert len(fake.requests) == 1


async def test_nothing_steps_in_for_what_only_one_server_knows(fake, pair):
    fake.will(Scripted([b"busy"], 503), Scripted([b"second"]))

    assert await fetched(pair(fake.url), Call("POST", "/embeddings", [], b"{}")) == (503, b"busy")


async def test_a_refusal_stands_where_the_fallback_does_no_better(fake, pair, to, closed_port):
    fake.will(Scripted([b"busy"], 429), Scripted([b"no such model"], 404))
    assert await fetched(pair(fake.url)) == (429, b"busy")

    first = to(fake.url, name="first")
    first.fallback = to(f"http://127.0.0.1:{closed_port}/v1", name="second")
    fake.will(Scripted([b"busy"], 503))
    assert await fetched(first) == (503, b"busy")


async def test_when_both_fail_both_are_named(to, closed_port):
    first, second = (to(f"http://127.0.0.1:{closed_port}/v1", name=name) for name in ("first", "second"))
    first.fallback = second

    with pytest.raises(UpstreamError, match=r"'first' can't be reached: .*'second' can't be reached: Connection"):
        await fetched(first)


async def test_the_clients_key_stays_with_the_upstream_that_was_asked(fake, pair):
    fake.will(Scripted([b"busy"], 503), Scripted([b"second"]))

    await fetched(pair(fake.url), Call("POST", POST.path, [*POST.headers, (b"api-key", b"client")], b"{}"))

    assert fake.requests[0].headers["authorization"] == "Bearer client"
    assert not {"authorization", "api-key"} & fake.requests[1].headers.keys()

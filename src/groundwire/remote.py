"""One address of an OpenAI-compatible service: what is posted there, asked again or given up, and its errors."""

from __future__ import annotations

import time
from collections.abc import Mapping

import httpx
from pydantic import BaseModel, ValidationError

from groundwire.errors import CheckError, SettingsError

_ATTEMPTS = 3
_FIRST_PAUSE_S = 0.25
_PASSING_STATUSES = frozenset({429, 500, 502, 503, 504})
_MAX_REASON_CHARS = 200


class RemoteService:
    """Posts JSON and returns the body of the reply; safe to use from several threads.

    `base_url` goes up to and including `/v1`, `route` is what follows, `section` is the part of the settings that
    errors point to. Raises SettingsError when the address is no plain HTTP URL.
    """

    def __init__(self, base_url: str, route: str, model: str, api_key: str | None, *, section: str) -> None:
        self.url = _endpoint(base_url, route, section)
        self._model = model
        self._section = section
        self._api_key = api_key
        self._client = httpx.Client(headers={"authorization": f"Bearer {api_key}"} if api_key else {})

    @property
    def host(self) -> str:
        """Host and port of the service."""
        return self.url.netloc.decode()

    def post(self, body: Mapping[str, object], timeout_s: float) -> bytes:
        """Return the reply, asked for again after a failure that may pass while attempts and time last.

        `timeout_s` bounds all attempts together. Raises CheckError.
        """
        deadline = time.monotonic() + timeout_s
        attempts = 0
        while True:
            try:
                return self._attempt(body, deadline, timeout_s)
            except _Passing as failure:
                pause_s = failure.retry_after_s or _FIRST_PAUSE_S * 2**attempts
                attempts += 1
                if attempts == _ATTEMPTS or time.monotonic() + pause_s >= deadline:
                    raise self.error(failure.what) from failure
                time.sleep(pause_s)

    def error(self, what: str) -> CheckError:
        """Return an error that names the service and says what it did."""
        return CheckError(f"The {self._section} service {str(self.url)!r} ({self._model!r}) {what}.")

    def too_late(self, timeout_s: float) -> CheckError:
        """Return the error for a service that was given up after `timeout_s`."""
        return self.error(f"did not answer within `{self._section}.timeout_s`, {timeout_s:g} s")

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _attempt(self, body: Mapping[str, object], deadline: float, timeout_s: float) -> bytes:
        left_s = max(deadline - time.monotonic(), 0.001)
        try:
            with self._client.stream("POST", self.url, json=body, timeout=left_s) as response:
                content = _read(response, deadline)
        except httpx.TimeoutException as error:
            raise self.too_late(timeout_s) from error
        except httpx.HTTPError as error:
            raise _Passing(f"can't be reached: {error or type(error).__name__}") from error
        if response.status_code == 200:
            return content
        raise self._refusal(response, content)

    def _refusal(self, response: httpx.Response, content: bytes) -> CheckError | _Passing:
        status = response.status_code
        if status in {401, 403}:
            # The service's own words are left out: some repeat the key.
            return self.error(f"answered {status}; check `{self._section}.api_key`")
        said = f"answered {status}: {self._reason(content)}"
        if status in _PASSING_STATUSES:
            return _Passing(said, _seconds(response.headers.get("retry-after")))
        return self.error(said)

    def _reason(self, body: bytes) -> str:
        """The service's own explanation in OpenAI's shape, cut short and without the key, else what can be told."""
        try:
            said = _Refusal.model_validate_json(body).error.message
        except ValidationError:
            return f"no explanation in OpenAI's shape ({len(body)} bytes)"
        return repr((said.replace(self._api_key, "***") if self._api_key else said)[:_MAX_REASON_CHARS])


class _Passing(Exception):
    """A failure that another attempt may not meet."""

    def __init__(self, what: str, retry_after_s: float | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.retry_after_s = retry_after_s


class _Problem(BaseModel):
    message: str


class _Refusal(BaseModel):
    error: _Problem


def _read(response: httpx.Response, deadline: float) -> bytes:
    """The body; the client's own timeout starts anew with each piece, so a trickle is ended here."""
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("trickle", request=response.request)
    return bytes(content)


def _endpoint(base_url: str, route: str, section: str) -> httpx.URL:
    """The address to post to; one with a password or a query is refused, for it would stand in logs and errors."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise SettingsError(f"`{section}.base_url` {base_url!r} is no URL: {error}.") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise SettingsError(f"`{section}.base_url` {base_url!r} is no HTTP URL; write it like 'https://host/v1'.")
    if url.userinfo or url.query:
        raise SettingsError(f"`{section}.base_url` has a user name or a query; put the key into `{section}.api_key`.")
    return url.copy_with(path=url.path.rstrip("/").removesuffix(route) + route)


def _seconds(value: str | None) -> float | None:
    """A `Retry-After` in whole seconds; its other form, a date, is not worth a clock comparison."""
    return float(value) if value and value.isascii() and value.isdigit() else None

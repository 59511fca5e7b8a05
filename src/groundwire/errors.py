"""Every error a person or a program can meet, with the HTTP status it becomes.

GroundwireError
├── SettingsError            exit code 2 of the command line
├── BadRequest          400  the request can't be understood
│   └── UnknownPolicy, UnknownCollection are 404
├── AuthenticationFailed 401 no key, or a wrong one
├── PermissionDenied    403  the key's role may not do this
├── NotFound            404  no such document, event, collection, policy
├── Conflict            409  the request contradicts what is stored
├── PayloadTooLarge     413
├── TooManyAttempts     429  too many sign-ins failed; carries Retry-After
├── DocumentError       422  a document can't be read; says which and why
├── UpstreamError       502  the model server failed; says which and in which phase
│   └── UpstreamTimeout 504
├── IngestionStopped    503  the server ends while documents are taken in
├── TooManyListeners    503  as many pages watch new events as may
└── GuardUnavailable    503  the check is down and the policy fails closed; carries Retry-After
    CheckError and EventStoreError are internal: they never reach a client, the policy decides.
"""

from __future__ import annotations

from typing import ClassVar


class GroundwireError(Exception):
    """Base of all errors that Groundwire raises on purpose."""

    status: ClassVar[int] = 500
    type: ClassVar[str] = "server_error"
    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param


class SettingsError(GroundwireError):
    """The settings are wrong; the message names the key and the allowed values."""

    code = "invalid_settings"


class BadRequest(GroundwireError):
    """The request can't be understood."""

    status, type, code = 400, "invalid_request_error", "bad_request"


class AuthenticationFailed(GroundwireError):
    """No key came with the request, or one that is not known."""

    status, type, code = 401, "authentication_error", "invalid_api_key"


class PermissionDenied(GroundwireError):
    """The key is known, but its role may not do this."""

    status, type, code = 403, "permission_error", "permission_denied"


class NotFound(GroundwireError):
    """The thing asked for does not exist."""

    status, type, code = 404, "invalid_request_error", "not_found"


class UnknownPolicy(NotFound):
    """No policy of that name is configured."""

    code = "unknown_policy"


class UnknownCollection(NotFound):
    """No collection of that name exists."""

    code = "unknown_collection"


class Conflict(GroundwireError):
    """The request contradicts what is stored."""

    status, type, code = 409, "invalid_request_error", "conflict"


class PayloadTooLarge(GroundwireError):
    """The body or a file is larger than the setting allows."""

    status, type, code = 413, "invalid_request_error", "payload_too_large"


class DocumentError(GroundwireError):
    """A document can't be read; the message names the file and the reason."""

    status, type, code = 422, "invalid_request_error", "unreadable_document"


class TooManyAttempts(GroundwireError):
    """Too many sign-ins failed; `retry_after_s` says when the next one may come."""

    status, type, code = 429, "rate_limit_error", "too_many_attempts"

    def __init__(self, message: str, *, param: str | None = None, retry_after_s: int = 1) -> None:
        super().__init__(message, param=param)
        self.retry_after_s = retry_after_s


class UpstreamError(GroundwireError):
    """The model server could not be reached or did not answer sensibly."""

    status, type, code = 502, "upstream_error", "upstream_error"


class UpstreamTimeout(UpstreamError):
    """The model server did not answer in time."""

    status, code = 504, "upstream_timeout"


class GuardUnavailable(GroundwireError):
    """The check is down and the policy does not let unchecked answers pass."""

    status, type, code = 503, "server_error", "guard_unavailable"
    retry_after_s: ClassVar[int] = 5


class IngestionStopped(GroundwireError):
    """Groundwire ends while documents are taken in; what was embedded by then is kept for the next time."""

    status, type, code = 503, "server_error", "shutting_down"


class TooManyListeners(GroundwireError):
    """As many pages watch new events as the server serves at once."""

    status, type, code = 503, "server_error", "too_many_listeners"


class CheckError(GroundwireError):
    """A check could not be completed; the policy decides what that means."""

    code = "check_failed"


class EventStoreError(GroundwireError):
    """Events could not be stored; the policy decides whether the answer may go out."""

    code = "event_store_failed"

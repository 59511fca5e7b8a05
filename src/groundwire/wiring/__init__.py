"""Settings become objects here, and only here: to exchange a part, change its row or its line in this folder."""

from groundwire.wiring.calibration import opened_calibrations
from groundwire.wiring.documents import (
    EMBEDDERS,
    Library,
    build_guardrail,
    build_verifier,
    open_library,
    unrecorded_answers,
)
from groundwire.wiring.policies import build_policies, open_policies, policies_from, policies_in_force
from groundwire.wiring.replay import open_replays, opened_replays
from groundwire.wiring.review import opened_cases, opened_reviews
from groundwire.wiring.server import Assembly, Part, assemble
from groundwire.wiring.storage import open_storage, opened_accounts, opened_events, opened_keys

__all__ = [
    "EMBEDDERS",
    "Assembly",
    "Library",
    "Part",
    "assemble",
    "build_guardrail",
    "build_policies",
    "build_verifier",
    "open_library",
    "open_policies",
    "open_replays",
    "open_storage",
    "opened_accounts",
    "opened_calibrations",
    "opened_cases",
    "opened_events",
    "opened_keys",
    "opened_replays",
    "opened_reviews",
    "policies_from",
    "policies_in_force",
    "unrecorded_answers",
]

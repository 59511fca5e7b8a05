"""All settings of Groundwire: one frozen model, read once, validated at start.

Order of precedence: environment variables, then the YAML file, then the defaults written here. A variable is
`GROUNDWIRE_` plus the path with `__` between its parts (`GROUNDWIRE_SERVER__PORT`); the short ones in `SHORT_VARIABLES`
exist beside them.
"""

from groundwire.settings.judge import JudgeSettings
from groundwire.settings.loading import CONFIG_VARIABLE, PREFIX, SHORT_VARIABLES, load_settings
from groundwire.settings.model import Settings
from groundwire.settings.policies import PolicySettings
from groundwire.settings.sections import EmbeddingSettings, KnowledgeBaseSettings, ServerSettings
from groundwire.settings.sign_in import OidcSettings, SignInSettings
from groundwire.settings.upstreams import UpstreamSettings

__all__ = [
    "CONFIG_VARIABLE",
    "PREFIX",
    "SHORT_VARIABLES",
    "EmbeddingSettings",
    "JudgeSettings",
    "KnowledgeBaseSettings",
    "OidcSettings",
    "PolicySettings",
    "ServerSettings",
    "Settings",
    "SignInSettings",
    "UpstreamSettings",
    "load_settings",
]

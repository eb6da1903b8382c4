"""Wrong answers of GitHub, for `FaultyGitHub.inject`."""

from __future__ import annotations

from stand_ins.github_server import Fault, refusal

_UNICORN = "<html><title>Unicorn! &middot; GitHub</title></html>"
_SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."

RESET_BEFORE = Fault(None)
RESET_AFTER = Fault(None, after=True)
BAD_GATEWAY_BEFORE = Fault(502, _UNICORN)
BAD_GATEWAY_AFTER = Fault(502, _UNICORN, after=True)
SECONDARY_LIMIT = refusal(403, _SECONDARY)
SECONDARY_LIMIT_RETRY_AFTER = refusal(403, _SECONDARY, Retry_After="30")
TOO_MANY_REQUESTS = refusal(429, _SECONDARY, Retry_After="30")
BAD_CREDENTIALS = refusal(401, "Bad credentials", X_RateLimit_Limit="5000")
KILLED_BEFORE = Fault(None, deadly=True)
KILLED_AFTER = Fault(None, after=True, deadly=True)

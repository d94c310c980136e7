"""The token that clients carry to the embedded workspace. Nothing checks it on arrival.

The clients decode the token before they use it, so it has the form of a JSON web token with an expiry; its
three parts must be proper base64url, the signature too, which nobody verifies.
"""

from __future__ import annotations

import base64
import json

from harness.workspace.rules.identity import TENANT_ID, USER_ID, USER_NAME

EXPIRES = 4102444800  # 2100-01-01; a token near its expiry makes the clients ask for another one


def token() -> str:
    """An unsigned JSON web token that does not expire in our time."""
    header = {"alg": "none", "typ": "JWT"}
    claims = {
        "exp": EXPIRES,
        "iss": "embedded-workspace",
        "name": USER_NAME,
        "oid": USER_ID,
        "tid": TENANT_ID,
    }
    return ".".join([_segment(json.dumps(header)), _segment(json.dumps(claims)), _segment("unsigned")])


def _segment(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

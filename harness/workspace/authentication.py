"""The credentials that the SDK carries to the embedded workspace. Nothing is checked on arrival.

The clients decode the token before they use it, so it has the form of a JSON web token with an expiry; its
three parts must be proper base64url, the signature too, which nobody verifies.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from azureml.core.authentication import AbstractAuthentication

from harness.workspace.identity import TENANT_ID, USER_ID, USER_NAME

_NEVER = 4102444800  # 2100-01-01; a token near its expiry makes the clients ask for another one


def token() -> str:
    """An unsigned JSON web token that does not expire in our time."""
    header = {"alg": "none", "typ": "JWT"}
    claims = {"exp": _NEVER, "iss": "embedded-workspace", "name": USER_NAME, "oid": USER_ID, "tid": TENANT_ID}
    return ".".join([_segment(json.dumps(header)), _segment(json.dumps(claims)), _segment("unsigned")])


def _segment(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class EmbeddedAuthentication(AbstractAuthentication):  # type: ignore[misc]
    """Signs every request with the same token, and asks nobody for it.

    The three underscored methods are how the SDK's abstract base asks a subclass for a token.
    """

    def __init__(self) -> None:
        # Named, so that the SDK does not look the clouds up on the network.
        super().__init__(cloud="AzureCloud")
        self._token = token()

    def get_authentication_header(self) -> dict[str, str]:
        """A new dictionary each time: the SDK writes into it."""
        return {"Authorization": f"Bearer {self._token}"}

    def _get_arm_token(self) -> str:
        return self._token

    def _get_graph_token(self) -> str:
        return self._token

    def _get_azureml_client_token(self) -> str:
        return self._token

    def _get_all_subscription_ids(self) -> tuple[list[Any], str]:
        return [], TENANT_ID

    def _get_workspace(self, subscription_id: str, resource_group: str, name: str) -> None:
        return None

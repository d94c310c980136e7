"""The credentials that the SDK carries to the embedded workspace."""

from __future__ import annotations

from typing import Any

from azureml.core.authentication import AbstractAuthentication

from harness.workspace.clients.tokens import token
from harness.workspace.rules.identity import TENANT_ID


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

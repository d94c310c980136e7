"""Who a workspace is: its id, its names and its hosts, all derived from one key that its folder keeps.

Every host ends in `.invalid`, a domain that by RFC 2606 no name server knows, so even a request that slips
past the transport reaches nobody. SDK v1 allows that throughout: it takes the blob host apart as
`account.blob.suffix` and puts it together again, whatever the suffix. The download code of `azureml-mlflow`
does not: it silently fetches nothing unless the blob host has the suffix of the cloud, so what it asks for is
on a second host, under `blob.core.windows.net`, whose name is too long for an account of Azure Storage (24
characters) and so is nobody's.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from urllib.parse import quote

USER_NAME = "Embedded Workspace"
USER_ID = "00000000-0000-4000-8000-000000000001"
TENANT_ID = "00000000-0000-4000-8000-000000000002"


@dataclass(frozen=True)
class Identity:
    """The names of one workspace. `key` is the only thing stored; it never changes for a folder."""

    key: uuid.UUID

    @property
    def workspace_id(self) -> str:
        """The id by which clients key their caches."""
        return str(self.key)

    @property
    def subscription_id(self) -> str:
        """An id of its own, so that no cache of another workspace matches."""
        return str(uuid.uuid5(self.key, "subscription"))

    @property
    def resource_group(self) -> str:
        """The same for all: nothing depends on it."""
        return "embedded"

    @property
    def workspace_name(self) -> str:
        """Within the 33 characters that the service allows."""
        return f"embedded-{self.key.hex[:12]}"

    @property
    def location(self) -> str:
        """The region that answers and errors name."""
        return "embedded"

    @property
    def api_host(self) -> str:
        """The one host of all services but storage."""
        return f"{self.key.hex}.api.azureml.invalid"

    @property
    def blob_host(self) -> str:
        """The host of the storage account, in the three parts that the client expects."""
        return f"w{self.key.hex[:20]}.blob.azureml.invalid"

    @property
    def cloud_blob_host(self) -> str:
        """The same storage account under the suffix of the cloud, which `azureml-mlflow` insists on."""
        return f"embedded{self.key.hex}.blob.core.windows.net"

    @property
    def hosts(self) -> tuple[str, ...]:
        """All hosts that this workspace answers for."""
        return (self.api_host, self.blob_host, self.cloud_blob_host)

    @property
    def scope(self) -> str:
        """The part of a URL's path that names the workspace."""
        return (
            f"/subscriptions/{self.subscription_id}/resourceGroups/{self.resource_group}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{self.workspace_name}"
        )

    def blob_url(self, container: str, name: str, *, of_cloud: bool = False) -> str:
        """Where a blob is written and read. The query stands for a signature; clients require one."""
        host = self.cloud_blob_host if of_cloud else self.blob_host
        return f"https://{host}/{quote(container, safe='')}/{quote(name)}?sv=embedded&sig=unsigned"

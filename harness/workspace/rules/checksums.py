"""The checksums of blob storage, by which a client can have its content checked on the way."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from harness.workspace.rules.blobs import BlobRefused, Executed, from_base64

# The polynomial that Azure's clients use, bits reversed.
_CRC64 = 0x9A6C9329AC4BC9B5


def verify(content: bytes, md5: str | None, crc64: str | None, executed: Executed) -> None:
    """Compares content with the checksums that came with it, in Base64. Raises `BlobRefused` if one is not its."""
    if md5 is not None and crc64 is not None:
        executed("blob-checksum")
        raise BlobRefused(400, "InvalidHeaderValue", "Content-MD5 and x-ms-content-crc64 exclude each other.")
    if md5 is not None:
        executed("blob-checksum")
        if not _is_of(16, md5):
            raise BlobRefused(400, "InvalidMd5", "The MD5 value specified in the request is invalid.")
        if md5 != md5_of(content):
            raise BlobRefused(
                400, "Md5Mismatch", "The MD5 value specified did not match what the server calculated."
            )
    if crc64 is not None:
        executed("blob-checksum")
        if not _is_of(8, crc64):
            raise BlobRefused(
                400, "InvalidHeaderValue", "The CRC64 value specified in the request is invalid."
            )
        if crc64 != crc64_of(content):
            raise BlobRefused(
                400, "Crc64Mismatch", "The CRC64 value specified did not match what the server calculated."
            )


def md5_of(content: bytes) -> str:
    """The MD5 of content, in Base64."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def crc64_of(content: bytes) -> str:
    """The CRC64 of content as Azure Storage has it, in Base64. Some seconds for 64 MiB; no known client sends it."""
    table = _crc64_table()
    crc = 0xFFFFFFFFFFFFFFFF
    for byte in content:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return base64.b64encode((crc ^ 0xFFFFFFFFFFFFFFFF).to_bytes(8, "little")).decode()


@cache
def _crc64_table() -> tuple[int, ...]:
    def entry(value: int) -> int:
        for _ in range(8):
            value = (value >> 1) ^ (_CRC64 if value & 1 else 0)
        return value

    return tuple(map(entry, range(256)))


def _is_of(length: int, text: str) -> bool:
    decoded = from_base64(text)
    return decoded is not None and len(decoded) == length

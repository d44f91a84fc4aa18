"""Whether a record's block is what its writer hashed. Pure.

Only block digests: what a payload is that is chunked or packed, writers don't agree upon.
"""

import base64
import hashlib

_KNOWN = frozenset({"md5", "sha1", "sha256", "sha512"})


def contradicts(digest: str, block: bytes) -> bool:
    """Whether a WARC-Block-Digest (`sha1:` and base 32 or base 16) is of other bytes; what is no digest never is."""
    kind, _colon, said = digest.strip().partition(":")
    kind = kind.lower().replace("-", "")
    if kind not in _KNOWN:
        return False
    found = hashlib.new(kind, block, usedforsecurity=False).digest()
    said, of_32 = said.rstrip("="), base64.b32encode(found).decode().rstrip("=")
    if len(said) == len(of_32):
        return said.upper() != of_32
    return len(said) == 2 * len(found) and said.lower() != found.hex()

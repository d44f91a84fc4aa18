"""Certificates made for one test run: an authority, and what it signed, as PEM files."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


class Authority:
    """A certificate authority that lives in `folder`; `ca_file` is what its clients trust."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._ca = trustme.CA()
        self.ca_file = folder / f"{name}.pem"
        self._ca.cert_pem.write_to_path(str(self.ca_file))

    def signed(self, name: str, *hosts: str, expired: bool = False) -> "Signed":
        """A certificate for `hosts`, or for a client called `name` if there are none."""
        ended = datetime.now(UTC) - timedelta(days=1) if expired else None
        cert = self._ca.issue_cert(*(hosts or (f"{name}.example.org",)), common_name=name, not_after=ended)
        signed = Signed(self._folder, name)
        chain = b"".join(pem.bytes() for pem in cert.cert_chain_pems)
        key = load_pem_private_key(cert.private_key_pem.bytes(), password=None)
        # Java reads PKCS 8 alone
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        signed.cert_file.write_bytes(chain)
        signed.key_file.write_bytes(private)
        signed.both_file.write_bytes(private + chain)
        return signed


class Signed:
    """A certificate with its key, apart and in one file."""

    def __init__(self, folder: Path, name: str) -> None:
        self.cert_file = folder / f"{name}.crt"
        self.key_file = folder / f"{name}.key"
        self.both_file = folder / f"{name}.both.pem"

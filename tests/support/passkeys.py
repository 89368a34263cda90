"""A security key made of software: registers and signs as a browser with a passkey would."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

SITE = "testserver"
PRESENT, VERIFIED = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV


@dataclass
class Passkey:
    """`register` answers the site's wish for a new key, `sign` its wish for a proof."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: uuid4().bytes)
    user: bytes = b""

    def register(self, options: dict[str, Any]) -> str:
        self.user = options["publicKey"]["user"]["id"].encode()
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        flags = PRESENT | VERIFIED | AuthenticatorData.FLAG.AT
        data = AuthenticatorData.create(sha256(SITE.encode()), flags, 0, credential)
        attestation = AttestationObject.create("none", data, {})
        told = self._client_data("webauthn.create", options)
        response = {"clientDataJSON": websafe_encode(told), "attestationObject": websafe_encode(attestation)}
        return self._envelope(response, {"credProps": {"rk": True}})

    def sign(self, options: dict[str, Any]) -> str:
        data = AuthenticatorData.create(sha256(SITE.encode()), PRESENT | VERIFIED, 1)
        told = self._client_data("webauthn.get", options)
        signature = self.key.sign(bytes(data) + told.hash, ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": websafe_encode(told),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": self.user.decode(),
        }
        return self._envelope(response, {})

    def _client_data(self, kind: str, options: dict[str, Any]) -> CollectedClientData:
        challenge = options["publicKey"]["challenge"]
        return CollectedClientData(
            json.dumps({"type": kind, "challenge": challenge, "origin": f"https://{SITE}"}).encode()
        )

    def _envelope(self, response: dict[str, str], extensions: dict[str, Any]) -> str:
        key_id = websafe_encode(self.id)
        return json.dumps(
            {
                "id": key_id,
                "rawId": key_id,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": extensions,
            }
        )

"""The HTTP edge of the test provider: what the Stripe library would send out comes in here."""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe
from django.db import transaction

from ..models import DoubleCall
from . import accounts, intents, storage, transfers
from .answers import Data, Fault, missing

Answer = tuple[str, int, Mapping[str, str]]
NAME = r"(\w+)"
ROUTES: list[tuple[str, Callable[..., Data]]] = [
    ("/v1/payment_intents", intents.create),
    (f"/v1/payment_intents/{NAME}/confirm", intents.confirm),
    (f"/v1/payment_intents/{NAME}/capture", intents.capture),
    (f"/v1/payment_intents/{NAME}/cancel", intents.cancel),
    ("/v1/refunds", intents.refund),
    ("/v1/accounts", accounts.create),
    ("/v1/account_links", accounts.link),
    ("/v1/transfers", transfers.create),
    (f"/v1/transfers/{NAME}/reversals", transfers.reverse),
]
SHOWN: list[tuple[str, Callable[[str], Data]]] = [
    (f"/v1/accounts/{NAME}", accounts.show),
    (f"/v1/transfers/{NAME}", transfers.show),
]


class Double(stripe.HTTPClient):
    """Given to the Stripe library instead of a client that calls Stripe."""

    name = "double"

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, *, _usage: Any = None) -> Answer:
        """Answer one call. It is a transaction of its own, so nobody may call from inside of one."""
        address = urlsplit(url)
        is_question = method.upper() == "GET"
        given = _nested(address.query if is_question else post_data)
        with transaction.atomic(durable=True):
            if is_question:
                status, body = _answered(lambda: _read(address.path, given))
                return _said(status, body)
            asked = sha256(f"{address.path} {json.dumps(given, sort_keys=True)}".encode()).hexdigest()
            return _once(headers["Idempotency-Key"], asked, lambda: _done(address.path, given))

    def close(self) -> None:
        """Nothing is open."""


def _once(key: str, asked: str, work: Callable[[], Data]) -> Answer:
    """Do `work` for a new key; repeat the old answer for a known one, and refuse it for another question."""
    call, is_new = DoubleCall.objects.get_or_create(key=key, defaults={"asked": asked, "status": 0, "answer": {}})
    if not is_new and call.asked != asked:
        message = (
            "Keys for idempotent requests can only be used with the same parameters they were first used with. "
            f"Try using a key other than '{key}' if you meant to execute a different request."
        )
        return _said(400, {"error": {"type": "idempotency_error", "message": message}})
    if not is_new:
        return _said(call.status, call.answer, {"Idempotent-Replayed": "true"})
    call.status, call.answer = _answered(work)
    call.save(update_fields=["status", "answer"])
    return _said(call.status, call.answer)


def _answered(work: Callable[[], Data]) -> tuple[int, Data]:
    try:
        return 200, work()
    except Fault as fault:
        return fault.status, fault.body


def _done(path: str, given: Data) -> Data:
    for pattern, rule in ROUTES:
        if found := re.fullmatch(pattern, path):
            return rule(*found.groups(), given)
    raise missing("address", path)


def _read(path: str, given: Data) -> Data:
    if found := re.fullmatch(f"/v1/payment_intents/{NAME}", path):
        intent = intents.show(found[1])
        charge = intent["latest_charge"]
        wanted = "latest_charge" in given.get("expand", {}).values()
        return intent | {"latest_charge": storage.read("charge", charge)} if charge and wanted else intent
    for pattern, rule in SHOWN:
        if found := re.fullmatch(pattern, path):
            return rule(found[1])
    if path == "/v1/transfers":
        return _listed(path, storage.everything("transfer", transfer_group=given["transfer_group"]))
    if path == "/v1/refunds":
        return _listed(path, storage.everything("refund", payment_intent=given["payment_intent"]))
    if path == "/v1/payment_intents":
        since = int(given["created"]["gte"])
        return _listed(path, [each for each in storage.everything("payment_intent") if each["created"] >= since])
    raise missing("address", path)


def _listed(path: str, found: list[Data]) -> Data:
    return {"object": "list", "url": path, "has_more": False, "data": found}


def _said(status: int, body: Data, more: Mapping[str, str] | None = None) -> Answer:
    return json.dumps(body), status, {"Request-Id": f"req_{secrets.token_hex(7)}", **(more or {})}


def _nested(form: str | None) -> Data:
    """`metadata[payment]=1` as {"metadata": {"payment": "1"}}; a list has its numbers as names."""
    found: Data = {}
    for name, value in parse_qsl(form or "", keep_blank_values=True):
        place, *deeper = name.replace("]", "").split("[")
        inside = found
        for each in deeper:
            inside, place = inside.setdefault(place, {}), each
        inside[place] = value
    return found

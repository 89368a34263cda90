"""How Stripe words its errors."""

from typing import Any

Data = dict[str, Any]


class Fault(Exception):
    """An error answer: raised by the rules, turned into JSON by the client, and kept for its idempotency key."""

    def __init__(self, status: int, kind: str, code: str, message: str, **more: Any) -> None:
        self.status = status
        self.body: Data = {"error": {"type": kind, "code": code, "message": message, **more}}
        super().__init__(message)


def wrong(code: str, message: str, **more: Any) -> Fault:
    return Fault(400, "invalid_request_error", code, message, **more)


def missing(kind: str, name: str) -> Fault:
    return Fault(404, "invalid_request_error", "resource_missing", f"No such {kind}: '{name}'", param="id")


def unexpected(verb: str, intent: Data) -> Fault:
    message = f"This PaymentIntent could not be {verb} because it has a status of {intent['status']}."
    return wrong("payment_intent_unexpected_state", message, payment_intent=intent)

"""What can be refused, and how every door says so: one class a reason, with its sentence and its HTTP status."""

from typing import ClassVar


class Refusal(Exception):
    """A request that may not or cannot be done. Subclasses give `text` (what to do next) and `status`.

    `text` may hold named places filled by keyword arguments: `TooLong(limit=1000)`.
    """

    status: ClassVar[int] = 400
    text: ClassVar[str] = "That cannot be done."

    def __init__(self, **places: object) -> None:
        self.sentence = self.text.format(**places)
        super().__init__(self.sentence)


class Invalid(Refusal):
    status = 400


class SignInNeeded(Refusal):
    status = 401
    text = "Sign in first."


class NotAllowed(Refusal):
    status = 403
    text = "You may not do that."


class NotThere(Refusal):
    status = 404
    text = "That is not here, or not for you to see."


class Conflict(Refusal):
    status = 409


class PartAway(Refusal):
    status = 503
    text = "A part of the site is away for a moment. Wait a minute, go back, and try again."


class TooFast(Refusal):
    status = 429
    text = "That was too fast. Wait a moment, then try again."

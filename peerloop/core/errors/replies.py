"""How every refusal reads in the JSON API; routers declare it beside their own answers."""

from ninja import Schema


class Error(Schema):
    error: str


REFUSALS = {400: Error, 401: Error, 403: Error, 404: Error, 409: Error, 429: Error, 503: Error}

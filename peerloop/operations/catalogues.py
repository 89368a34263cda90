"""The generated documents: what the code declares, written down for people. `manage.py describe` writes them."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django.apps import apps
from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from ninja.responses import NinjaJSONEncoder
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from peerloop.core.errors import Refusal
from peerloop.core.notifications.kinds import Kind, kinds
from peerloop.core.realtime import hub
from peerloop.core.realtime.event import events as declared_events

FOLDER = settings.BASE_DIR / "docs"
HEAD = "Written by `manage.py describe` from the code; do not change it by hand.\n"
HOUSE = ("peerloop", "goodwill", "courses", "chat", "forums", "mentorship", "helpdesk")
ABOUT_EVENTS = (
    "Each frame is a JSON object whose `type` is the name of an event, with its fields beside it. With "
    "`?format=html` the frame of an event that has a fragment holds `html` and only the fields a page needs.\n"
)
ABOUT_ERRORS = (
    'The JSON API answers `{"error": sentence}` with the status, a socket an `error` frame, a page the form '
    "again with the sentence. `{…}` stands for what the case fills in.\n"
)
CLOSE_CODES = {
    hub.ENDED: "The person signed out, or the account was closed. Sign in again.",
    hub.REFUSED: "The person may not be here, or not any more. The frame before says why.",
    hub.MISSING: "There is no socket at this address.",
    hub.BEHIND: "The client read too slowly. Connect again and ask for what was missed.",
    1012: "The server starts anew. Connect again.",
}
OTHER_FRAMES = {
    "error": (
        "message",
        "A command was refused; `message` is the sentence for the person. On connecting, why the socket closes.",
    ),
    "done": (
        "command, …",
        "The answer to a command on `/api/me/connect` beside `ping`; a refusal's `error` has its `command` too.",
    ),
    "pong": ("", "The answer to `ping`. In a course's room it holds `version`, so that a client sees what it missed."),
    "resync": ("", "Events may have been lost. Ask for what changed since the version you show."),
}


def written() -> dict[Path, str]:
    """Every generated document with the text that it should have now."""
    autodiscover_modules("errors", "events", "notifications")
    return {
        FOLDER / "events.md": events(),
        FOLDER / "errors.md": errors(),
        FOLDER / "notices.md": notices(),
        FOLDER / "openapi.json": openapi(),
    }


def events() -> str:
    classes = by_floor((cls for _, cls in declared_events), lambda cls: cls.__module__)
    rows = [
        (f"`{cls.name}`", cls.heard_by, fields_of(cls), f"`{cls.__module__}.{cls.__name__}`", sentence(cls))
        for cls in classes
    ]
    return "\n".join(
        [
            "# What is told live\n",
            HEAD,
            ABOUT_EVENTS,
            table(("type", "who hears it", "fields", "declared as", "when"), rows),
            "## Shapes in the fields\n",
            table(("shape", "fields"), [(f"`{cls.__name__}`", fields_of(cls)) for cls in shapes(classes)]),
            "## Other frames\n",
            table(
                ("type", "fields", "when"),
                [(f"`{name}`", code(field), text) for name, (field, text) in OTHER_FRAMES.items()],
            ),
            "## Sockets and their commands\n",
            table(("socket", "command", "fields", "what it does"), commands()),
            "## Close codes\n",
            table(("code", "why"), [(str(number), text) for number, text in sorted(CLOSE_CODES.items())]),
        ]
    )


def commands() -> Iterator[tuple[str, ...]]:
    # Sockets exist only behind the server's entrance.
    from peerloop.asgi import websocket_routes

    for route in websocket_routes:
        consumer = route.callback.consumer_class
        for name, command in getattr(consumer, "commands", {}).items():
            does = sentence(command) or sentence(getattr(consumer, f"on_{name}"))
            yield f"`/{route.pattern}`", f"`{name}`", fields_of(command), does


def errors() -> str:
    refusals = by_floor(set(subclasses(Refusal)), lambda cls: cls.__module__)
    # A family of refusals without a sentence of its own is never raised.
    said = [cls for cls in refusals if "text" in vars(cls)]
    rows = [(cls.text, str(cls.status), f"`{app_of(cls.__module__)}`", f"`{cls.__name__}`") for cls in said]
    return "\n".join(
        [
            "# What is refused, and how\n",
            HEAD,
            ABOUT_ERRORS,
            table(("sentence", "status", "app", "name"), rows),
        ]
    )


def notices() -> str:
    rows = [
        (
            f"`{kind.name}`",
            kind.label,
            title_of(kind),
            *("on" if on else "off" for on in (kind.email_default, kind.push_default)),
        )
        for _, kind in kinds
    ]
    return "\n".join(
        [
            "# What people are told in the bell\n",
            HEAD,
            "Each person chooses for each kind whether it comes to the bell, by mail and to their devices.\n",
            table(("kind", "tell me about …", "title", "mail unless changed", "push unless changed"), sorted(rows)),
        ]
    )


def openapi() -> str:
    # The API's routers need every app loaded.
    from peerloop.api import api

    return json.dumps(api.get_openapi_schema(), cls=NinjaJSONEncoder, indent=2, sort_keys=True) + "\n"


# -- how things are told -----------------------------------------------------------------------------------------


def by_floor(classes: Iterable[type], module: Callable[[type], str]) -> list[Any]:
    """The house's own classes, lowest floor first, then by module and name."""
    floors = [app.name for app in apps.get_app_configs()]

    def place(cls: type) -> tuple[int, str, str]:
        app = app_of(module(cls))
        return (floors.index(app) if app in floors else -1, module(cls), cls.__name__)

    return sorted((cls for cls in classes if module(cls).partition(".")[0] in HOUSE), key=place)


def app_of(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[: 3 if parts[:2] == ["peerloop", "core"] else 2 if parts[0] == "peerloop" else 1])


def subclasses(cls: type[Refusal]) -> Iterator[type[Refusal]]:
    for each in cls.__subclasses__():
        yield each
        yield from subclasses(each)


def shapes(classes: Iterable[type[BaseModel]]) -> list[type[BaseModel]]:
    """The models that stand in the fields of `classes`, and in theirs."""
    found: dict[str, type[BaseModel]] = {}
    waiting = list(classes)
    while waiting:
        for field in waiting.pop().model_fields.values():
            for each in {field.annotation, *getattr(field.annotation, "__args__", ())}:
                if isinstance(each, type) and issubclass(each, BaseModel) and each.__name__ not in found:
                    found[each.__name__] = each
                    waiting.append(each)
    return [found[name] for name in sorted(found)]


def fields_of(cls: type[BaseModel]) -> str:
    return ", ".join(f"`{name}: {type_of(field)}`" for name, field in cls.model_fields.items())


def type_of(field: FieldInfo) -> str:
    name = spelled(field.annotation)
    return name if field.is_required() else f"{name} = {field.default}"


def spelled(annotation: Any) -> str:
    """A type as one would write it, without what pydantic notes beside it."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is None:
        return "None" if annotation is NoneType else annotation.__name__
    if origin is Annotated:
        return spelled(inner[0])
    if origin in (Union, UnionType):
        return " | ".join(map(spelled, inner))
    # A Literal holds values, everything else types.
    parts = map(repr if origin is Literal else spelled, inner)
    return f"{origin.__name__}[{', '.join(parts)}]"


def title_of(kind: Kind) -> str:
    return kind.title if isinstance(kind.title, str) else sentence(kind.title)


def sentence(thing: Any) -> str:
    """The first paragraph of a docstring of its own, on one line."""
    text = (thing.__doc__ or "").strip().partition("\n\n")[0]
    text = " ".join(re.sub(r"^`\w+`: ", "", text).split())
    return text[:1].upper() + text[1:]


def code(text: str) -> str:
    return f"`{text}`" if text else ""


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"

"""What a live event is: a declared name, a checked payload, and perhaps a fragment that pages swap in."""

import json
from typing import Any, ClassVar

from django.template.loader import render_to_string
from pydantic import BaseModel, ConfigDict

from peerloop.core.registry import Registry

events: Registry[type["Event"]] = Registry("event")


class Event(BaseModel):
    """Subclass it in an app's `events.py`: the fields are the payload, `name` is the `type` that programs read.

    `heard_by` says in words who is told, for docs/events.md. `fragment` is the template drawn once for all pages;
    `page_fields` names what a page needs beside it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ClassVar[str]
    heard_by: ClassVar[str]
    fragment: ClassVar[str] = ""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "name" in cls.__dict__:
            events.add(f"{cls.__module__}.{cls.__name__}", cls)

    def for_programs(self) -> str:
        """The frame of JSON clients: `type` and the payload, nothing else."""
        fields = self.model_dump_json()[1:]
        return f'{{"type":"{self.name}"{"" if fields == "}" else ","}{fields}'

    def page_fields(self) -> dict[str, Any]:
        """What the page's script reads beside the fragment; the whole payload unless a subclass needs less."""
        return self.model_dump(mode="json")

    def for_pages(self, draw: dict[str, Any]) -> str:
        """The frame of pages: the fragment, drawn without a request because it is the same for every viewer."""
        frame = {"type": self.name, **self.page_fields()}
        if self.fragment:
            frame["html"] = self.drawn(draw)
        return encode(frame)

    def drawn(self, draw: dict[str, Any]) -> str:
        """The fragment; a subclass may know a shorter way."""
        return render_to_string(self.fragment, draw)


def encode(frame: dict[str, Any]) -> str:
    return json.dumps(frame, separators=(",", ":"), ensure_ascii=False)

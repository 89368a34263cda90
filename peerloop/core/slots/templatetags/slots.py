from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from peerloop.core.slots import fillings

register = template.Library()


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str, **given: Any) -> SafeString:
    """`{% slot "name" key=value %}`: the pieces that upper apps put here."""
    request = context.get("request")
    pieces = []
    for filling in fillings(name):
        # Without a request (a broadcast fragment) only pieces that need none can be drawn.
        added = filling.context(request, given) if filling.context else {}
        if added is not None:
            pieces.append(render_to_string(filling.template, {**given, **added}, request=request))
    return mark_safe("".join(pieces))  # noqa: S308  (each piece escaped by its own template)

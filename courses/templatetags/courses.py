from django import template

register = template.Library()


@register.filter
def duration(minutes: int) -> str:
    """`{{ module.minutes|duration }}`: "48 min", "1 h", "1 h 05"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02}" if rest else f"{hours} h"

"""What people choose to be told about."""

from django.http import QueryDict

from .kinds import kinds
from .models import Preference


def chosen(posted: QueryDict) -> dict[tuple[str, str], bool]:
    """The choice for every declared kind and channel: a ticked box is there, one that was cleared is not."""
    boxes = [(name, channel) for name, _ in kinds for channel in Preference.Channel.values]
    return {(name, channel): f"{name}.{channel}" in posted for name, channel in boxes}

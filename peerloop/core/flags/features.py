"""What can be switched. A feature counts as off while one that it needs is off."""

from dataclasses import dataclass

from peerloop.core.registry import Registry


@dataclass(frozen=True)
class Feature:
    name: str
    label: str
    needs: tuple[str, ...] = ()


features: Registry[Feature] = Registry("feature")


def declare(name: str, label: str, *, needs: tuple[str, ...] = ()) -> Feature:
    """Make `name` a feature that staff can switch. Declare what it `needs` first: an unknown need raises KeyError."""
    for need in needs:
        features[need]
    return features.add(name, Feature(name, label, needs))


declare("course_chat", "Course Chat")
declare("goodwill_points", "Goodwill points")
declare("summon_help", "Summon Help", needs=("course_chat", "goodwill_points"))

"""Which events are counted, each with its exact fields (requirements METRIC). A name may have several shapes."""

from dataclasses import dataclass

from peerloop.core.registry import Registry


@dataclass(frozen=True)
class Measure:
    name: str
    shapes: tuple[frozenset[str], ...]

    def fits(self, fields: set[str]) -> bool:
        return fields in self.shapes


measures: Registry[Measure] = Registry("analytics event")


def declare(name: str, *shapes: set[str]) -> Measure:
    """Count `name`, always with all the fields of one of `shapes`; a name declared twice raises ValueError."""
    return measures.add(name, Measure(name, tuple(frozenset(shape) for shape in shapes or (set(),))))


declare("page_view", {"course_id", "user_role"})
declare("message_sent", {"course_id", "is_question"})
declare("question_asked", {"course_id"})
# One name in both places: `recipient_id` in chat, `helper_id` after a summons.
declare("points_awarded", {"points", "recipient_id"}, {"points", "helper_id"})
declare("helper_online", {"st_id", "course_id"})
declare("summon_initiated", {"course_id", "module_id", "helpers_available"})
declare("summon_waiting")
declare("summon_connected", {"helper_id", "wait_time"})
declare("summon_completed", {"helper_id", "duration"})
declare("summon_cancelled", {"wait_time"})
declare("summon_timeout", {"wait_time"})

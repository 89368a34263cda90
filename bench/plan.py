"""How much a run does. Every workload is bounded in count or in time, and the whole run by `minutes`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    rounds: int = 5
    minutes: float = 30
    rooms: int = 20
    seats: int = 25
    message_size: int = 120
    idle_rooms: int = 40
    course_rate: int = 20
    course_seconds: float = 5
    sat_seconds: float = 3
    burst_rooms: int = 4
    burst_messages: int = 300
    stall_seats: int = 20
    stall_rate: int = 350
    stall_message_size: int = 1000
    stall_calm_seconds: float = 1.5
    stall_seconds: float = 5
    page_requests: int = 40
    dispatch_warm_calls: int = 5
    dispatch_calls: int = 40
    bells_requests: int = 10
    races: int = 2000
    races_seconds: float = 120


# For as many races as somebody asks for.
RACES_SECONDS = 600
FULL = Plan()
QUICK = Plan(
    rounds=1,
    minutes=4,
    idle_rooms=20,
    course_seconds=3,
    sat_seconds=1.5,
    burst_messages=100,
    stall_calm_seconds=1,
    page_requests=15,
    dispatch_calls=15,
    bells_requests=3,
    races=100,
    races_seconds=10,
)

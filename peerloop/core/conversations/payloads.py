"""What the events of every conversation are made of: the shapes that the public protocol shares (REC-08)."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Payload(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(Payload):
    """The protocol's `User`. The badge depends on the course, so whoever tells of a person says it."""

    id: UUID
    name: str
    avatar: str
    is_student_teacher: bool


class Picture(Payload):
    url: str
    thumb_url: str
    width: int
    height: int


def person(user: Any, *, is_student_teacher: bool) -> Person:
    return Person(id=user.pk, name=str(user), avatar=user.avatar_url, is_student_teacher=is_student_teacher)


def picture(upload: Any) -> Picture:
    return Picture(url=upload.url, thumb_url=upload.thumb_url, width=upload.width, height=upload.height)

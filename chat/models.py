from collections.abc import Sequence
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from courses.models import Course, StudentTeacher
from peerloop.core.accounts.models import User
from peerloop.core.conversations.models import Conversation, Message, MessageQuerySet, Participant, constraints_for
from peerloop.core.entities.models import Entity
from peerloop.core.markup.ids import dom_id
from peerloop.core.uploads.models import Upload


class Room(Conversation):
    """The one room of a course. Its key is the course's, so a message's room and course are one column."""

    course = models.OneToOneField(Course, models.CASCADE, primary_key=True, related_name="room")

    class Meta:
        db_table = "chat_rooms"

    # Of whoever enters: set by queries.visit.
    enrolled: bool
    teaches: bool
    read_number: int | None

    def __str__(self) -> str:
        return f"{self.course} Chat"

    def get_absolute_url(self) -> str:
        return reverse("course_chat", args=[self.pk])


class RoomParticipant(Participant):
    room = models.ForeignKey(Room, models.CASCADE, related_name="participants")
    # The room's last number when this person was told of unread messages; told again only after reading past it.
    told_number = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "chat_participants"
        constraints = [models.UniqueConstraint(fields=["room", "user"], name="one_participant_per_person")]

    def __str__(self) -> str:
        return f"{self.user} in {self.room_id}"


class ChatMessageQuerySet(MessageQuerySet):
    def visible_to(self, user: User) -> Self:
        """Messages of the rooms `user` may enter; staff see all, hidden ones too."""
        return self if user.is_staff else self.filter(room__course__in=Course.objects.joined_by(user))

    def pending(self) -> Self:
        """Questions that nobody but their author has answered, oldest first."""
        return self.shown().filter(is_question=True, answered_at=None).order_by("number")

    def for_drawing(self) -> Self:
        """With everything a message's fragment reads, in one query: `teaches` says whether its author has the badge."""
        certified = StudentTeacher.objects.filter(course=OuterRef("room_id"), user=OuterRef("author_id"))
        return self.select_related("author", "claimed_by").annotate(teaches=Exists(certified))


class ChatMessage(Message):
    CONVERSATION = "room"
    COUNTED = ("number", "root_number")

    # Every index that begins with the room finds its messages; one of its own would only be written.
    room = models.ForeignKey(Room, models.CASCADE, db_column="course_id", related_name="messages", db_index=False)
    is_question = models.BooleanField(default=False)
    reply_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies")
    # The number of the entry it stands in: its own, or that of the message it answers. Entries are paged by it.
    root_number = models.PositiveBigIntegerField()
    # Read with the message instead of joined: what is drawn under it. The truth is the attachments and the ledger.
    picture_sizes = models.JSONField(default=list)
    thanks = models.JSONField(default=list)
    answered_at = models.DateTimeField(null=True, blank=True)
    helped_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    claimed_until = models.DateTimeField(null=True, blank=True)

    # Set by for_drawing, or by who made the message; and by queries.add_givers.
    teaches: bool
    thanked: Sequence[Any] = ()

    objects = ChatMessageQuerySet.as_manager()

    class Meta:
        db_table = "chat_messages"
        constraints = [
            *constraints_for("room", "chat_messages"),
            models.CheckConstraint(condition=~Q(reply_to=models.F("id")), name="no_message_answers_itself"),
        ]
        indexes = [
            models.Index(
                fields=["room", "number"],
                name="chat_pending_questions",
                condition=Q(is_question=True, answered_at=None, deleted_at=None, hidden_at=None),
            ),
            models.Index(fields=["room", "root_number", "number"], name="chat_entries"),
        ]

    def __str__(self) -> str:
        return f"{self.author_id} in {self.room_id}, number {self.number}"

    @property
    def course_id(self) -> Any:
        return self.room_id

    @property
    def pictures(self) -> list[Upload]:
        """What is drawn of its pictures: addresses and sizes, without asking the database."""
        return [Upload(id=UUID(key), width=width, height=height) for key, width, height in self.picture_sizes]

    @property
    def is_claimed(self) -> bool:
        return self.claimed_until is not None and self.claimed_until > timezone.now()

    @property
    def state(self) -> str:
        """Of a question: open until somebody else answers, then answered; helped once an answer was thanked."""
        if not self.is_question:
            return ""
        return "helped" if self.helped_at else "answered" if self.answered_at else "open"

    def get_absolute_url(self) -> str:
        return f"{reverse('course_chat', args=[self.room_id])}?at={self.pk}#{dom_id(self)}"


class MessageAttachment(Entity):
    """A picture that belongs to a message."""

    message = models.ForeignKey(ChatMessage, models.CASCADE, related_name="attachments")
    upload = models.OneToOneField(Upload, models.PROTECT, related_name="+")

    class Meta:
        db_table = "chat_attachments"
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.upload_id} in {self.message_id}"

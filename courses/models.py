from pathlib import PurePosixPath
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from peerloop.core.accounts.models import User
from peerloop.core.entities.models import Entity


class Category(models.TextChoices):
    """Shared by courses, requests, tutorials and expertise."""

    PAINTING = "painting", "Painting"
    MODELING = "modeling", "Modeling"
    GAMING = "gaming", "Gaming"
    GENERAL = "general", "General"

    @property
    def icon(self) -> str:
        return {"painting": "brush", "modeling": "tools", "gaming": "dice-5", "general": "journal-bookmark"}[self.value]


class CourseQuerySet(models.QuerySet["Course"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Published courses for everybody, drafts for staff and for those who take part already."""
        if user.is_staff:
            return self
        return self.filter(Q(published=True) | taking_part(user))

    def joined_by(self, user: User | AnonymousUser) -> Self:
        """Courses in which `user` is enrolled or a Student-Teacher. None for visitors and closed accounts."""
        return self.filter(taking_part(user))

    def matching(self, text: str) -> Self:
        return self.filter(Q(title__icontains=text) | Q(summary__icontains=text))

    def with_size(self) -> Self:
        """Adds `module_count`, `minutes` and `member_count` (open accounts that are enrolled)."""
        return self.annotate(
            module_count=per_course(Module.objects.all(), Count("pk")),
            minutes=per_course(Module.objects.all(), Sum("minutes")),
            member_count=per_course(Enrolment.objects.filter(user__is_active=True), Count("pk")),
        )

    def with_part_of(self, user: User | AnonymousUser) -> Self:
        """Adds `enrolled` and `certified`: what `user` is in each course."""
        return self.annotate(
            enrolled=Exists(Enrolment.objects.filter(course=OuterRef("pk"), user=user.pk)),
            certified=Exists(StudentTeacher.objects.filter(course=OuterRef("pk"), user=user.pk)),
        )

    def with_progress_of(self, user: User | AnonymousUser) -> Self:
        """Adds `module_count`, `done_count`, `percent` (0 to 100) and `next_module_id` (None when all is done)."""
        done = ModuleProgress.objects.filter(user=user.pk)
        undone = Module.objects.filter(course=OuterRef("pk")).exclude(pk__in=done.values("module")).order_by("position")
        return self.annotate(
            module_count=per_course(Module.objects.all(), Count("pk")),
            done_count=per_course(Module.objects.filter(pk__in=done.values("module")), Count("pk")),
            percent=Case(When(module_count=0, then=Value(0)), default=F("done_count") * 100 / F("module_count")),
            next_module_id=Subquery(undone.values("pk")[:1]),
        )


class Course(Entity):
    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    summary = models.CharField(max_length=240, help_text="One or two sentences, shown in the list of courses.")
    description = models.TextField(blank=True, help_text="Markdown.")
    html = models.TextField(blank=True, editable=False)
    category = models.CharField(max_length=50, choices=Category, default=Category.GENERAL)
    cover = models.ImageField(upload_to="courses/", blank=True)
    order = models.PositiveSmallIntegerField(
        default=100, help_text="Courses are listed by this number, low ones first."
    )
    published = models.BooleanField(default=True, help_text="A draft is seen by staff and by those who take part.")

    # Set by with_part_of.
    enrolled: bool
    certified: bool

    objects = CourseQuerySet.as_manager()

    class Meta:
        db_table = "courses"
        ordering = ["order", "pk"]
        indexes = [models.Index(fields=["order", "id"], name="courses_in_order")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("course_detail", args=[self.pk])

    @property
    def category_icon(self) -> str:
        return Category(self.category).icon

    @property
    def cover_url(self) -> str:
        """Where the cover is served; each new picture has a new address, so browsers may keep it for ever."""
        return reverse("course_cover", args=[PurePosixPath(str(self.cover)).name]) if self.cover else ""


class ModuleQuerySet(models.QuerySet["Module"]):
    def with_done_by(self, user: User | AnonymousUser) -> Self:
        """Adds `done`: whether `user` marked the module."""
        return self.annotate(done=Exists(ModuleProgress.objects.filter(module=OuterRef("pk"), user=user.pk)))


class Module(Entity):
    course = models.ForeignKey(Course, models.CASCADE, related_name="modules")
    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    minutes = models.PositiveSmallIntegerField(default=0, help_text="How long reading and doing it takes.")
    summary = models.CharField(max_length=240, blank=True)
    body = models.TextField(blank=True, help_text="Markdown.")
    html = models.TextField(blank=True, editable=False)

    objects = ModuleQuerySet.as_manager()

    class Meta:
        db_table = "course_curriculum"
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["course", "slug"], name="one_module_per_slug")]
        indexes = [models.Index(fields=["course", "position"], name="modules_in_order")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("module_detail", args=[self.course_id, self.pk])


class Enrolment(Entity):
    course = models.ForeignKey(Course, models.CASCADE, related_name="enrolments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="enrolments")

    class Meta:
        db_table = "enrolments"
        constraints = [models.UniqueConstraint(fields=["course", "user"], name="one_enrolment_per_person")]

    def __str__(self) -> str:
        return f"{self.user} in {self.course}"


class StudentTeacher(Entity):
    course = models.ForeignKey(Course, models.CASCADE, related_name="student_teachers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="certifications")
    certified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        db_table = "student_teachers"
        verbose_name = "Student-Teacher"
        constraints = [models.UniqueConstraint(fields=["course", "user"], name="one_certification_per_person")]

    def __str__(self) -> str:
        return f"{self.user} for {self.course}"


class ModuleProgress(Entity):
    """A module that somebody marked as done; `created_at` says when."""

    module = models.ForeignKey(Module, models.CASCADE, related_name="progress")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="progress")

    class Meta:
        db_table = "module_progress"
        verbose_name_plural = "module progress"
        constraints = [models.UniqueConstraint(fields=["module", "user"], name="done_once_per_person")]

    def __str__(self) -> str:
        return f"{self.user} did {self.module}"


def taking_part(user: User | AnonymousUser) -> Q:
    """The condition on a course that `user` is enrolled in it or certified for it."""
    if not user.is_active:
        return Q(pk__in=[])
    mine = {"course": OuterRef("pk"), "user": user.pk}
    return Q(Exists(Enrolment.objects.filter(**mine))) | Q(Exists(StudentTeacher.objects.filter(**mine)))


def per_course(rows: models.QuerySet[Any], total: Count | Sum) -> Coalesce:
    """`total` over `rows` of the outer course, 0 without rows."""
    grouped = rows.filter(course=OuterRef("pk")).order_by().values("course")
    return Coalesce(Subquery(grouped.annotate(total=total).values("total")), 0)

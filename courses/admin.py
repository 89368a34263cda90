"""The staff door of courses: every change goes through a service."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from . import services
from .models import Course, Enrolment, Module, ModuleProgress, StudentTeacher


@admin.register(Course)
class CourseAdmin(admin.ModelAdmin):
    list_display = ["title", "category", "order", "published", "module_count", "member_count"]
    list_filter = ["published", "category"]
    search_fields = ["title", "summary", "slug"]
    prepopulated_fields = {"slug": ["title"]}
    actions = ["publish", "make_draft"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Course]:
        return Course.objects.with_size()

    @admin.display(description="modules")
    def module_count(self, course: Course) -> int:
        return course.module_count  # type: ignore[attr-defined]

    @admin.display(description="students")
    def member_count(self, course: Course) -> int:
        return course.member_count  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: Course, form: ModelForm, change: bool) -> None:
        services.write_course(course=obj, by=request.user)  # type: ignore[arg-type]

    @admin.action(description="Publish the selected courses")
    def publish(self, request: HttpRequest, courses: QuerySet[Course]) -> None:
        self.set_published(request, courses, True)

    @admin.action(description="Make drafts of the selected courses")
    def make_draft(self, request: HttpRequest, courses: QuerySet[Course]) -> None:
        self.set_published(request, courses, False)

    def set_published(self, request: HttpRequest, courses: QuerySet[Course], published: bool) -> None:
        for course in courses:
            course.published = published
            services.write_course(course=course, by=request.user)  # type: ignore[arg-type]
        self.message_user(request, f"{len(courses)} changed.")


@admin.register(Module)
class ModuleAdmin(admin.ModelAdmin):
    list_display = ["title", "course", "position", "minutes"]
    list_filter = ["course"]
    list_select_related = ["course"]
    search_fields = ["title", "summary"]
    autocomplete_fields = ["course"]
    prepopulated_fields = {"slug": ["title"]}

    def save_model(self, request: HttpRequest, obj: Module, form: ModelForm, change: bool) -> None:
        services.write_module(module=obj, by=request.user)  # type: ignore[arg-type]


class PeopleAdmin(admin.ModelAdmin):
    """Rows that come and go, and never change."""

    list_display = ["user", "course", "created_at"]
    list_filter = ["course"]
    list_select_related = ["user", "course"]
    search_fields = ["user__username", "user__name", "course__title"]
    autocomplete_fields = ["user", "course"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for row in queryset:
            self.delete_model(request, row)


@admin.register(Enrolment)
class EnrolmentAdmin(PeopleAdmin):
    def save_model(self, request: HttpRequest, obj: Enrolment, form: ModelForm, change: bool) -> None:
        stored = services.enrol(course=obj.course, user=obj.user, by=request.user)  # type: ignore[arg-type]
        obj.pk = stored.pk

    def delete_model(self, request: HttpRequest, obj: Enrolment) -> None:
        services.leave(course=obj.course, user=obj.user, by=request.user)  # type: ignore[arg-type]


@admin.register(StudentTeacher)
class StudentTeacherAdmin(PeopleAdmin):
    list_display = ["user", "course", "certified_by", "created_at"]
    list_select_related = ["user", "course", "certified_by"]
    fields = ["user", "course"]

    def save_model(self, request: HttpRequest, obj: StudentTeacher, form: ModelForm, change: bool) -> None:
        stored = services.certify(user=obj.user, course=obj.course, by=request.user)  # type: ignore[arg-type]
        obj.pk = stored.pk

    def delete_model(self, request: HttpRequest, obj: StudentTeacher) -> None:
        services.withdraw_certification(user=obj.user, course=obj.course, by=request.user)  # type: ignore[arg-type]


@admin.register(ModuleProgress)
class ModuleProgressAdmin(admin.ModelAdmin):
    list_display = ["user", "module", "created_at"]
    list_filter = ["module__course"]
    list_select_related = ["user", "module"]
    search_fields = ["user__username", "user__name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

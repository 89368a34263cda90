from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self) -> None:
        from peerloop.core.markup import navigation

        from . import exports, receivers  # noqa: F401

        navigation.add("course_list", "Courses", icon="journal-bookmark", places={"bar", "tab"}, order=20)

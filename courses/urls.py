from django.urls import path, re_path

from . import views

urlpatterns = [
    path("courses", views.course_list, name="course_list"),
    re_path(r"^courses/covers/(?P<name>[\w-][\w.-]*)\Z", views.course_cover, name="course_cover"),
    path("courses/<uuid:course_id>", views.course_detail, name="course_detail"),
    path("courses/<uuid:course_id>/enrolment", views.course_enrolment, name="course_enrolment"),
    path("courses/<uuid:course_id>/content", views.course_content, name="course_content"),
    path("courses/<uuid:course_id>/content/<uuid:module_id>", views.module_detail, name="module_detail"),
    path("courses/<uuid:course_id>/content/<uuid:module_id>/progress", views.module_progress, name="module_progress"),
]

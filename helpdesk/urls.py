"""Every address of the help desk, by feature."""

from django.urls import include, path

urlpatterns = [
    path("", include("helpdesk.summons.urls")),
    path("", include("helpdesk.bookings.urls")),
    path("", include("helpdesk.requests.urls")),
]

"""Every address of the house, one line per app."""

from django.contrib import admin
from django.urls import include, path

from peerloop.api import api

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("api/", api.urls),
    path("", include("peerloop.core.accounts.urls")),
    path("", include("peerloop.core.notifications.urls")),
    path("", include("peerloop.core.payments.urls")),
    path("", include("goodwill.urls")),
    path("", include("courses.urls")),
    path("", include("peerloop.pages.urls")),
    path("", include("chat.urls")),
    path("", include("helpdesk.urls")),
    path("", include("peerloop.core.uploads.urls")),
    path("", include("peerloop.core.push.urls")),
    path("", include("peerloop.operations.urls")),
]

"""The addresses that machines watch."""

from django.urls import path

from peerloop.operations import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]

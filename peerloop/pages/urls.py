from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("dashboard", views.dashboard, name="dashboard"),
    path("helper/dashboard", views.helper_dashboard, name="helper_dashboard"),
    path("helper/availability", views.availability, name="availability"),
    path("people/<str:username>", views.profile, name="profile"),
    path("helpers/<str:username>", views.helper_profile, name="helper_profile"),
]

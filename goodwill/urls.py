from django.urls import path

from . import views

urlpatterns = [
    path("points", views.history, name="goodwill_history"),
    path("points/earn", views.earn, name="goodwill_earn"),
]

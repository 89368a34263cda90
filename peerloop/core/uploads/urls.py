from django.urls import path

from . import views

urlpatterns = [
    path("files/<uuid:upload_id>", views.picture, name="upload"),
    path("files/<uuid:upload_id>/thumb", views.thumbnail, name="upload_thumb"),
]

from django.urls import path

from . import views

urlpatterns = [
    path("settings", views.profile, name="settings_profile"),
    path("settings/picture", views.picture, name="settings_picture"),
    path("settings/appearance", views.appearance, name="settings_appearance"),
    path("settings/data", views.own_data, name="settings_data"),
    path("settings/data/export", views.export, name="settings_export"),
    path("settings/deletion", views.deletion, name="settings_deletion"),
    path("avatars/<uuid:avatar_id>.webp", views.avatar, name="avatar"),
]

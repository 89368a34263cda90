from django.urls import path

from . import views

urlpatterns = [
    path("notifications", views.notifications, name="notifications"),
    path("notifications/bell", views.bell, name="notification_bell"),
    path("notifications/read-all", views.read_all, name="notification_read_all"),
    path("notifications/<uuid:notification_id>/open", views.open_notification, name="notification_open"),
    path("notifications/<uuid:notification_id>/read", views.read, name="notification_read"),
    path("notification.mp3", views.sound, name="notification_sound"),
    path("mails/off/<str:ticket>", views.opt_out, name="notification_opt_out"),
    path("settings/notifications", views.preferences, name="notification_preferences"),
    path("settings/notifications/devices", views.devices, name="notification_devices"),
    path(
        "settings/notifications/devices/<uuid:device_id>/removal",
        views.device_removal,
        name="notification_device_removal",
    ),
]

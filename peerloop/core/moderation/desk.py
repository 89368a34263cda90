from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Django's admin with our site in it; settings name it in place of `django.contrib.admin`."""

    default_site = "peerloop.core.moderation.site.PeerLoopSite"

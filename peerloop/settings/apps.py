"""Which apps make up the house, lowest floor first."""

from .accounts import SOCIAL_APPS

CORE_APPS = [
    "peerloop.core.markup",
    "peerloop.core.slots",
    "peerloop.core.accounts",
    "peerloop.core.flags",
    "peerloop.core.analytics",
    "peerloop.core.realtime",
    "peerloop.core.presence",
    "peerloop.core.uploads",
    "peerloop.core.push",
    "peerloop.core.conversations",
    "peerloop.core.notifications",
    "peerloop.core.payments",
    "peerloop.core.moderation",
]

DOMAIN_APPS = [
    "goodwill",
    "courses",
    "chat",
    "forums",
    "mentorship",
    "helpdesk",
    "peerloop.pages",
]

INSTALLED_APPS = [
    "peerloop.core.moderation.desk.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    *SOCIAL_APPS,
    "channels",
    "csp",
    "django_htmx",
    "ninja",
    "template_partials.apps.SimpleAppConfig",
    "peerloop.operations",
    *CORE_APPS,
    *DOMAIN_APPS,
]

from typing import Any

from django.apps import AppConfig


def is_helper(user: Any) -> bool:
    return bool(user.is_authenticated and user.is_helper)


class PagesConfig(AppConfig):
    name = "peerloop.pages"

    def ready(self) -> None:
        from peerloop.core import slots
        from peerloop.core.markup import navigation

        navigation.add(
            "dashboard", "Dashboard", icon="house", places={"tab", "account"}, order=10, shown_to=navigation.signed_in
        )
        navigation.add(
            "helper_dashboard",
            "Helper dashboard",
            icon="life-preserver",
            places={"account"},
            order=15,
            shown_to=is_helper,
        )
        navigation.start("helper_dashboard", order=10, shown_to=is_helper)
        navigation.start("dashboard", order=30, shown_to=navigation.signed_in)
        slots.fill("shell.account_menu", "pages/people/_own_profile.html", order=10)

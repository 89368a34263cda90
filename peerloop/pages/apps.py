from django.apps import AppConfig


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
            shown_to=lambda user: user.is_authenticated and user.is_helper,
        )
        slots.fill("shell.account_menu", "pages/people/_own_profile.html", order=10)

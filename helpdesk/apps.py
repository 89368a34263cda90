from django.apps import AppConfig

from peerloop.core.slots import fill


class HelpdeskConfig(AppConfig):
    name = "helpdesk"

    def ready(self) -> None:
        from goodwill.reasons import declare

        from .sessions import exports, viewers  # noqa: F401
        from .summons import exports as own_summons  # noqa: F401
        from .summons import notifications, receivers  # noqa: F401
        from .summons.pieces import if_student, with_offers, with_running
        from .summons.services.thanks import SUMMON_HELP

        declare(SUMMON_HELP)
        fill("courses.content.actions", "helpdesk/pieces/_button.html", context=if_student, order=50)
        fill("chat.room.aside", "helpdesk/pieces/_card.html", context=if_student)
        fill("helper_dashboard.main", "helpdesk/pieces/_incoming.html", context=with_offers, order=50)
        fill("shell.pill", "helpdesk/pieces/_place.html", context=with_running)

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from peerloop.core.slots import fill


class HelpdeskConfig(AppConfig):
    name = "helpdesk"

    def ready(self) -> None:
        from goodwill.reasons import declare
        from peerloop.core.markup import navigation
        from peerloop.core.payments.purposes import declare as sell

        from .bookings import exports as own_bookings  # noqa: F401
        from .bookings import notifications as booking_notices  # noqa: F401
        from .bookings import receivers as booking_receivers  # noqa: F401
        from .bookings.pieces import with_asked, with_booked
        from .pieces import with_completed, with_figures
        from .requests import exports as own_requests  # noqa: F401
        from .requests import moderation as request_kinds  # noqa: F401
        from .requests import notifications as request_notices  # noqa: F401
        from .requests import receivers as request_receivers  # noqa: F401
        from .requests import viewers as request_viewers  # noqa: F401
        from .requests import votes  # noqa: F401
        from .requests.pieces import with_own, with_paid
        from .requests.services.paying import HELP_REQUEST
        from .requests.words import keep_words
        from .sessions import exports, viewers  # noqa: F401
        from .summons import exports as own_summons  # noqa: F401
        from .summons import moderation, notifications, receivers  # noqa: F401
        from .summons.pieces import if_student, with_latest, with_offers, with_running
        from .summons.services.thanks import SUMMON_HELP

        declare(SUMMON_HELP)
        sell(HELP_REQUEST)
        navigation.add("help_requests", "Technique help", icon="life-preserver", places={"bar", "tab"}, order=30)
        navigation.add(
            "customer_request",
            "Paid help",
            icon="person-video3",
            places={"account"},
            order=35,
            shown_to=navigation.signed_in,
        )
        navigation.start("customer_request", order=20, shown_to=navigation.signed_in)
        post_migrate.connect(keep_words, sender=self)
        fill("courses.content.actions", "helpdesk/pieces/_button.html", context=if_student, order=50)
        fill("chat.room.aside", "helpdesk/pieces/_card.html", context=if_student)
        fill("helper_dashboard.main", "helpdesk/pieces/_incoming.html", context=with_offers, order=50)
        fill("helper_dashboard.main", "helpdesk/pieces/_paid.html", context=with_paid, order=55)
        fill("dashboard.main", "helpdesk/pieces/_booked.html", context=with_booked, order=20)
        fill("dashboard.main", "helpdesk/pieces/_requests.html", context=with_own, order=30)
        fill("helper_dashboard.main", "helpdesk/pieces/_asked.html", context=with_asked, order=60)
        fill("helper_dashboard.main", "helpdesk/pieces/_latest.html", context=with_latest, order=70)
        fill("helper_dashboard.aside", "helpdesk/pieces/_figures.html", context=with_figures, order=10)
        fill("profile.sections", "helpdesk/pieces/_completed.html", context=with_completed, order=10)
        fill("shell.pill", "helpdesk/pieces/_place.html", context=with_running)

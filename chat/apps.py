from django.apps import AppConfig

from peerloop.core.slots import fill


class ChatConfig(AppConfig):
    name = "chat"

    def ready(self) -> None:
        from goodwill.reasons import declare

        from . import exports, moderation, notifications, receivers  # noqa: F401
        from .pieces import if_on, with_pending, with_unread
        from .services.thanks import CHAT_HELP

        declare(CHAT_HELP)
        fill("courses.detail.actions", "chat/pieces/_join_discussion.html", context=if_on)
        fill("courses.content.actions", "chat/pieces/_course_chat.html", context=if_on)
        fill("dashboard.course", "chat/pieces/_unread.html", context=with_unread)
        fill("helper_dashboard.main", "chat/pieces/_pending.html", context=with_pending)

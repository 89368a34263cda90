from django.urls import path

from . import views

urlpatterns = [
    path("courses/<uuid:course_id>/chat", views.room, name="course_chat"),
    path("courses/<uuid:course_id>/chat/messages", views.messages, name="chat_messages"),
    path("courses/<uuid:course_id>/chat/changes", views.changes, name="chat_changes"),
    path("courses/<uuid:course_id>/chat/search", views.search, name="chat_search"),
    path("courses/<uuid:course_id>/chat/suggestions", views.suggestions, name="chat_suggestions"),
    path("courses/<uuid:course_id>/chat/settings", views.settings, name="chat_settings"),
    path("chat/messages/<uuid:message_id>", views.message, name="chat_message"),
    path("chat/messages/<uuid:message_id>/text", views.text, name="chat_text"),
    path("chat/messages/<uuid:message_id>/deletion", views.deletion, name="chat_deletion"),
    path("chat/messages/<uuid:message_id>/question", views.question, name="chat_question"),
    path("chat/messages/<uuid:message_id>/claim", views.claim, name="chat_claim"),
    path("chat/messages/<uuid:message_id>/thanks", views.thanks, name="chat_thanks"),
    path("chat/messages/<uuid:message_id>/flag", views.flag, name="chat_flag"),
]

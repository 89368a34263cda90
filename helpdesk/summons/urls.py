from django.urls import path

from . import views

urlpatterns = [
    path("summons", views.summons, name="summons"),
    path("summons/incoming", views.incoming, name="summons_incoming"),
    path("summons/messages/<uuid:message_id>/report", views.report, name="session_report"),
    path("helper/sessions", views.helped, name="helper_sessions"),
    path("helper/limits", views.limits, name="helper_limits"),
    path("summons/offers/<str:ticket>/acceptance", views.offer_acceptance, name="summon_offer_acceptance"),
    path("summons/offers/<str:ticket>/refusal", views.offer_refusal, name="summon_offer_refusal"),
    path("summons/<uuid:summons_id>", views.session, name="summon_session"),
    path("summons/<uuid:summons_id>/cancellation", views.cancel, name="summon_cancel"),
    path("summons/<uuid:summons_id>/acceptance", views.accept, name="summon_accept"),
    path("summons/<uuid:summons_id>/dismissal", views.dismiss, name="summon_dismiss"),
    path("summons/<uuid:summons_id>/messages", views.messages, name="summon_messages"),
    path("summons/<uuid:summons_id>/changes", views.changes, name="summon_changes"),
    path("summons/<uuid:summons_id>/call", views.call, name="summon_call"),
    path("summons/<uuid:summons_id>/end", views.end, name="summon_end"),
    path("summons/<uuid:summons_id>/again", views.again, name="summon_again"),
    path("summons/<uuid:summons_id>/thanks", views.thanks, name="summon_thanks"),
    path("summons/<uuid:summons_id>/skip", views.skip, name="summon_skip"),
]

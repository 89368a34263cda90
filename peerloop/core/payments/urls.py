from django.urls import path

from . import views

urlpatterns = [
    path("payments/webhook", views.webhook, name="payment_webhook"),
    path("payments/check/<str:intent_id>", views.check, name="payment_check"),
    path("payments/<uuid:payment_id>", views.payment, name="payment"),
    path("payments/<uuid:payment_id>/return", views.came_back, name="payment_return"),
]

from django.urls import path

from .views import payments

urlpatterns = [
    path("payments/webhook", payments.webhook, name="payment_webhook"),
    path("payments/check/<str:intent_id>", payments.check, name="payment_check"),
    path("payments/<uuid:payment_id>", payments.payment, name="payment"),
    path("payments/<uuid:payment_id>/return", payments.came_back, name="payment_return"),
]

from django.urls import path

from .views import payments, payouts

urlpatterns = [
    path("payments/webhook", payments.webhook, name="payment_webhook"),
    path("payments/check/<str:intent_id>", payments.check, name="payment_check"),
    path("payments/<uuid:payment_id>", payments.payment, name="payment"),
    path("payments/<uuid:payment_id>/return", payments.came_back, name="payment_return"),
    path("payouts", payouts.payouts, name="payouts"),
    path("payouts/account", payouts.setup, name="payout_setup"),
    path("payouts/return", payouts.came_back, name="payout_return"),
    path("payouts/test/<str:account_id>", payouts.test_account, name="payout_test"),
]

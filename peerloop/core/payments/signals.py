"""What happens to payments, for the floors above."""

from django.dispatch import Signal

# payment, event (its PaymentEvent): committed. Whoever must not miss it declares it in the purpose instead.
payment_changed = Signal()

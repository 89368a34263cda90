from django import forms

from .double.cards import CARDS
from .models import SENTENCE

CHOICES = [
    (card.method, f"{' '.join(card.number[at : at + 4] for at in (0, 4, 8, 12))}: {card.label}") for card in CARDS
]


class TestCardForm(forms.Form):
    """The invented cards. A real number has no place in it."""

    __test__ = False

    card = forms.ChoiceField(label="Test card", choices=CHOICES, help_text="These cards are invented. No money moves.")


class CheckForm(forms.Form):
    """What the payer answers when the test bank asks."""

    passed = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda word: word == "yes")


class RefundForm(forms.Form):
    refund = forms.UUIDField(widget=forms.HiddenInput)
    amount = forms.DecimalField(label="Amount", min_value=0, decimal_places=2, max_digits=12)
    reason = forms.CharField(label="Reason", required=False, max_length=SENTENCE, help_text="Both parties read it.")

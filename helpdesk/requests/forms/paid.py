from django import forms
from django.conf import settings
from uuid_utils.compat import uuid7

from peerloop.core.payments.models import SENTENCE

from ...sessions.models import HelpSession
from ..categories import Category
from ..errors import DescriptionMissing, OutcomeMissing, ProblemMissing, UnknownCategory

IN_CENTS = "Write the amount as a number such as 20 or 20.50."


class PaidRequestForm(forms.Form):
    """`request_id` is made up with the empty form, so that a form sent twice asks once."""

    category = forms.ChoiceField(
        label="What is it about?",
        choices=Category.choices,
        widget=forms.RadioSelect,
        error_messages={"required": UnknownCategory.text, "invalid_choice": UnknownCategory.text},
    )
    description = forms.CharField(
        label="What do you need help with?",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Helpers read this before they take your request. The first line is its title.",
        error_messages={"required": DescriptionMissing.text},
    )
    amount = forms.DecimalField(
        label="What you offer, in US dollars",
        max_digits=9,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
        error_messages={
            "required": "Say what you offer for the help.",
            **dict.fromkeys(("invalid", "max_digits", "max_decimal_places", "max_whole_digits"), IN_CENTS),
        },
    )
    request_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=HelpSession.Outcome.choices,
        error_messages={"required": OutcomeMissing.text, "invalid_choice": OutcomeMissing.text},
    )
    notes = forms.CharField(required=False, strip=False)


class ProblemForm(forms.Form):
    text = forms.CharField(
        label="What went wrong?",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=f"Staff read it, and your helper does not. Up to {settings.PEERLOOP.PROBLEM_CHARACTERS} characters.",
        error_messages={"required": ProblemMissing.text},
    )


class DecisionForm(forms.Form):
    """What staff decide about a report."""

    REFUND, DECLINE = "refund", "decline"

    decision = forms.ChoiceField(
        label="Decision",
        choices=[(REFUND, "Refund money"), (DECLINE, "Refund nothing")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what happens to the money."},
    )
    amount = forms.DecimalField(
        label="Amount to refund, in US dollars", required=False, min_value=0, decimal_places=2, max_digits=12
    )
    note = forms.CharField(
        label="Why",
        required=False,
        max_length=SENTENCE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The customer and the helper read it.",
    )

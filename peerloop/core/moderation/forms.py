from django import forms

from .models import WORDS


class ReasonForm(forms.Form):
    """Why a moderator acts. Which act it is, the pressed button says."""

    reason = forms.CharField(
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One sentence for the log. Who is warned or hidden reads it too, without your name.",
        error_messages={"required": "Say why, in one sentence."},
    )

"""How the help was, asked in the same words of who paid and of who did not."""

from django import forms

from ..errors import OneToFive
from ..models import HelpRequest


class RatingForm(forms.Form):
    rating = forms.TypedChoiceField(
        coerce=int,
        choices=[(1, "Poor"), (2, "Fair"), (3, "Good"), (4, "Very good"), (5, "Excellent")],
        error_messages={"required": OneToFive.text, "invalid_choice": OneToFive.text},
    )
    words = forms.CharField(required=False, strip=False)

    @classmethod
    def of(cls, request: HelpRequest) -> "RatingForm":
        """As its requester left it."""
        return cls(initial={"rating": request.rating, "words": request.rating_words})

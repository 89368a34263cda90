"""Asking everybody, answering, looking around and reporting."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings

from peerloop.core.moderation.models import Flag

from .. import errors
from ..categories import Category
from ..models import HelpRequest
from ..models.requests import NAME_CHARACTERS, TITLE_CHARACTERS
from ..queries.lists import HELPFUL, NEWEST, UNANSWERED, Filters
from ..services.pinning import Pin
from ..services.wording import COLUMNS, Wanted

SEARCH_CHARACTERS = 200
TECHNIQUES = ("Basecoating", "Highlighting", "Weathering", "Washes", "Metallics", "Freehand", "Basing", "Kitbashing")


class LookingForm(forms.Form):
    """What the list is narrowed to. What is not understood narrows nothing."""

    q = forms.CharField(label="Search requests and answers", required=False, max_length=SEARCH_CHARACTERS)
    category = forms.ChoiceField(required=False, choices=[("", "All categories"), *Category.choices])
    subcategory = forms.CharField(label="Technique", required=False, max_length=NAME_CHARACTERS)
    difficulty_level = forms.ChoiceField(
        label="Level", required=False, choices=[("", "All levels"), *HelpRequest.Difficulty.choices]
    )
    urgency = forms.ChoiceField(required=False, choices=[("", "Any urgency"), *HelpRequest.Urgency.choices])
    status = forms.ChoiceField(label="State", required=False, choices=[("", "Any state"), *HelpRequest.Status.choices])
    sort = forms.ChoiceField(
        label="Order",
        required=False,
        choices=[(NEWEST, "Newest first"), (HELPFUL, "Most helpful first"), (UNANSWERED, "Without an answer")],
    )
    mine = forms.BooleanField(label="Asked by me", required=False)
    known = forms.BooleanField(label="In my expertise", required=False)

    def filters(self) -> Filters:
        self.is_valid()
        return Filters(**{name: value for name, value in self.cleaned_data.items() if value})


class AskForm(forms.Form):
    title = forms.CharField(
        max_length=TITLE_CHARACTERS,
        error_messages={"required": errors.TitleMissing.text},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    description = forms.CharField(
        label="What happened, and what did you try?",
        strip=False,
        max_length=settings.PEERLOOP.HELP_REQUEST_CHARACTERS,
        error_messages={"required": errors.DescriptionMissing.text},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    category = forms.ChoiceField(
        choices=[("", "Choose a category"), *Category.choices], error_messages={"required": errors.UnknownCategory.text}
    )
    subcategory = forms.CharField(
        label="Technique",
        required=False,
        max_length=NAME_CHARACTERS,
        widget=forms.TextInput(attrs={"list": "techniques", "autocomplete": "off"}),
    )
    difficulty_level = forms.ChoiceField(
        label="Your level", required=False, choices=[("", "Any level"), *HelpRequest.Difficulty.choices]
    )
    urgency = forms.ChoiceField(choices=HelpRequest.Urgency.choices, initial=HelpRequest.Urgency.NORMAL)
    is_public = forms.BooleanField(required=False, initial=True)
    # Names the form to its draft; of a change, says which state of the request was looked at.
    token = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    # Where the question arose, when it comes from there.
    course = forms.CharField(required=False, widget=forms.HiddenInput)

    def wanted(self) -> Wanted:
        return Wanted(**{name: self.cleaned_data[name] for name in COLUMNS})

    def course_id(self) -> UUID | None:
        """Raises CourseNotYours for what is none."""
        try:
            return UUID(self.cleaned_data["course"]) if self.cleaned_data["course"] else None
        except ValueError:
            raise errors.CourseNotYours from None


class ChangeForm(AskForm):
    def seen_at(self) -> datetime:
        """Raises ChangedMeanwhile where it does not say."""
        return moment(self.cleaned_data["token"])


class AnswerForm(forms.Form):
    response_text = forms.CharField(
        label="Your response",
        strip=False,
        max_length=settings.PEERLOOP.HELP_RESPONSE_CHARACTERS,
        error_messages={"required": errors.ResponseMissing.text},
        widget=forms.Textarea(attrs={"rows": 5, "placeholder": "Steps help most. Number them: 1. 2. 3."}),
    )
    token = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def seen_at(self) -> datetime:
        """Raises ChangedMeanwhile where it does not say."""
        return moment(self.cleaned_data["token"])


class MarkForm(forms.Form):
    """A place on one's own photo, in hundredths of its width and height."""

    left = forms.FloatField(min_value=0, max_value=100)
    top = forms.FloatField(min_value=0, max_value=100)
    note = forms.CharField(required=False)

    def pin(self, photo_id: UUID) -> Pin:
        """Raises PinOutside for what is no place on the photo."""
        if not self.is_valid():
            raise errors.PinOutside
        given = self.cleaned_data
        return Pin(photo_id=photo_id, x=given["left"] / 100, y=given["top"] / 100, note=given["note"])


class ReportForm(forms.Form):
    reason = forms.ChoiceField(choices=Flag.Reason.choices, widget=forms.RadioSelect, label="What is wrong with it?")
    note = forms.CharField(required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), label="Note")


def moment(token: Any) -> datetime:
    try:
        return datetime.fromisoformat(token)
    except ValueError:
        raise errors.ChangedMeanwhile from None

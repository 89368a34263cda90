from datetime import time

from django import forms
from django.conf import settings

from .models import Weekday

HALF_HOUR = {"type": "time", "step": 1800}


class BookingForm(forms.Form):
    """What the page sends: the helper and the moment in one value, as no time is offered without its helper."""

    slot = forms.CharField(error_messages={"required": "Choose a time first."})
    question = forms.CharField(required=False, max_length=settings.PEERLOOP.SUMMON_MESSAGE_CHARACTERS)
    module = forms.UUIDField(required=False)


class ReplyForm(forms.Form):
    reply = forms.CharField(required=False, max_length=settings.PEERLOOP.SUMMON_MESSAGE_CHARACTERS)


class HoursForm(forms.Form):
    weekdays = forms.TypedMultipleChoiceField(
        label="On these days",
        coerce=int,
        choices=Weekday.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one day."},
    )
    starts = forms.TimeField(label="From", initial=time(18), widget=forms.TimeInput(attrs=HALF_HOUR, format="%H:%M"))
    ends = forms.TimeField(
        label="Until",
        initial=time(20),
        widget=forms.TimeInput(attrs=HALF_HOUR, format="%H:%M"),
        help_text="00:00 is midnight.",
    )


class DayOffForm(forms.Form):
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

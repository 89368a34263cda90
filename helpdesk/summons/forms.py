from django import forms
from django.conf import settings


class SummonForm(forms.Form):
    course = forms.UUIDField()
    module = forms.UUIDField(required=False)
    message = forms.CharField(required=False, max_length=settings.PEERLOOP.SUMMON_MESSAGE_CHARACTERS)


class LimitsForm(forms.Form):
    quiet_from = forms.TimeField(
        label="Quiet from",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Until may be earlier than from: then the hours go past midnight.",
    )
    quiet_until = forms.TimeField(
        label="Quiet until", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    daily_cap = forms.IntegerField(
        label="Sessions a day, at most",
        required=False,
        widget=forms.NumberInput(attrs={"min": 1, "max": settings.PEERLOOP.DAILY_CAP_MAX, "inputmode": "numeric"}),
        help_text="After so many you are not called until the next day. Leave it empty for no limit.",
    )


class ReportForm(forms.Form):
    """Reasons are moderation's; the view fills them in."""

    reason = forms.ChoiceField(widget=forms.RadioSelect, label="What is wrong with it?")
    note = forms.CharField(required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), label="Note")


class ThanksForm(forms.Form):
    points = forms.IntegerField()

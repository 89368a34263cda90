from django import forms
from django.conf import settings


class SummonForm(forms.Form):
    course = forms.UUIDField()
    module = forms.UUIDField(required=False)
    message = forms.CharField(required=False, max_length=settings.PEERLOOP.SUMMON_MESSAGE_CHARACTERS)


class TalkForm(forms.Form):
    content = forms.CharField(strip=False, required=False, max_length=settings.PEERLOOP.MESSAGE_CHARACTERS)
    client_id = forms.UUIDField(required=False)


class ThanksForm(forms.Form):
    points = forms.IntegerField()

from django import forms
from django.conf import settings


class TalkForm(forms.Form):
    content = forms.CharField(strip=False, required=False, max_length=settings.PEERLOOP.MESSAGE_CHARACTERS)
    client_id = forms.UUIDField(required=False)

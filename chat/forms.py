from django import forms
from django.conf import settings

from peerloop.core.conversations.models import Participant


class MessageForm(forms.Form):
    content = forms.CharField(
        label="Message", strip=False, required=False, max_length=settings.PEERLOOP.MESSAGE_CHARACTERS
    )
    is_question = forms.BooleanField(required=False)
    reply_to_id = forms.UUIDField(required=False)
    client_id = forms.UUIDField(required=False)


class EditForm(forms.Form):
    content = forms.CharField(
        label="Your message", strip=False, widget=forms.Textarea(attrs={"rows": 4, "autofocus": True})
    )


class ThanksForm(forms.Form):
    points = forms.IntegerField(min_value=1, max_value=settings.PEERLOOP.CHAT_AWARD_MAX)


class NoticesForm(forms.Form):
    tell = forms.ChoiceField(choices=Participant.Tell, widget=forms.RadioSelect, label="Tell me about")


class FlagForm(forms.Form):
    """Reasons are moderation's; the view fills them in."""

    reason = forms.ChoiceField(widget=forms.RadioSelect, label="What is wrong with it?")
    note = forms.CharField(required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), label="Note")

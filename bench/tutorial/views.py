from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from bench.tutorial.models import Message


@login_required
def messages(request):
    """The least page that shows something to somebody: the floor under every page of a Django site."""
    return render(request, "tutorial/messages.html", {"messages": Message.objects.order_by("-id")[:20]})

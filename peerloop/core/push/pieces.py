"""What every page says about the site as something that can be installed."""

from peerloop.core import slots

slots.fill("shell.head", "push/_head.html")

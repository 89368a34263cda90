from django.urls import re_path

from .consumers import Nowhere

# Last in the list: an unknown address is closed with a code instead of an error.
nowhere = [re_path(r"", Nowhere.as_asgi())]

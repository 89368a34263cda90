"""What happened to people in courses, for the floors above. All are sent after commit, with `user` and `course`."""

from django.dispatch import Signal

enrolled = Signal()
left = Signal()
certified = Signal()
decertified = Signal()

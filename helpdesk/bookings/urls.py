from django.urls import path

from . import views

urlpatterns = [
    path("courses/<uuid:course_id>/book", views.book, name="book_session"),
    path("bookings", views.bookings, name="bookings"),
    path("bookings/<uuid:booking_id>", views.booking, name="booking"),
    path("bookings/<uuid:booking_id>/acceptance", views.accept, name="booking_acceptance"),
    path("bookings/<uuid:booking_id>/refusal", views.decline, name="booking_refusal"),
    path("bookings/<uuid:booking_id>/cancellation", views.cancel, name="booking_cancellation"),
    path("bookings/<uuid:booking_id>/start", views.start, name="booking_start"),
    path("bookings/<uuid:booking_id>/calendar.ics", views.calendar, name="booking_calendar"),
    path("helper/hours", views.hours, name="bookable_hours"),
    path("helper/hours/<uuid:hours_id>/removal", views.remove_hours, name="bookable_hours_removal"),
    path("helper/days-off", views.add_day_off, name="days_off"),
    path("helper/days-off/<uuid:day_off_id>/removal", views.remove_day_off, name="day_off_removal"),
]

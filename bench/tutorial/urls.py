from django.urls import path

from bench.tutorial.views import messages

urlpatterns = [path("messages/", messages)]

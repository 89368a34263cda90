from django.db import models


class Member(models.Model):
    room = models.CharField(max_length=40)
    token = models.CharField(max_length=40, unique=True)


class Message(models.Model):
    room = models.CharField(max_length=40)
    author = models.CharField(max_length=40)
    content = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["room", "id"])]

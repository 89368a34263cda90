import json
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer

from bench.tutorial.models import Member, Message


class ChatConsumer(AsyncWebsocketConsumer):
    """The tutorial's asynchronous consumer; a member's token instead of nothing, and a stored message, are added."""

    async def connect(self):
        self.room_name = self.scope["url_route"]["kwargs"]["room_name"]
        self.room_group_name = f"chat_{self.room_name}"
        self.token = parse_qs(self.scope["query_string"].decode())["token"][0]
        if await Member.objects.filter(room=self.room_name, token=self.token).aexists():
            await self.channel_layer.group_add(self.room_group_name, self.channel_name)
            await self.accept()
        else:
            await self.close()

    async def disconnect(self, close_code):
        await self.channel_layer.group_discard(self.room_group_name, self.channel_name)

    async def receive(self, text_data):
        message = json.loads(text_data)["message"]
        await Message.objects.acreate(room=self.room_name, author=self.token, content=message)
        await self.channel_layer.group_send(self.room_group_name, {"type": "chat.message", "message": message})

    async def chat_message(self, event):
        await self.send(text_data=json.dumps({"message": event["message"]}))

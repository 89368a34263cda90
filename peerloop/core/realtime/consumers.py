from channels.generic.websocket import AsyncWebsocketConsumer


class Nowhere(AsyncWebsocketConsumer):
    """Answers sockets opened at an address that does not exist."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        await self.close(code=4404)

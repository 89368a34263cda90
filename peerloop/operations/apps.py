from django.apps import AppConfig


class PeerLoopOperationsConfig(AppConfig):
    name = "peerloop.operations"
    label = "operations"

    def ready(self) -> None:
        from peerloop.operations import trail

        trail.follow_jobs()

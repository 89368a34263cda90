"""The contestants of a run, baselines first."""

from bench.servers.bare import Bare
from bench.servers.base import Server
from bench.servers.dispatch_floor import DispatchFloor
from bench.servers.peerloop import PeerLoop, PeerLoopOnUvicorn, PeerLoopPair
from bench.servers.socketio import SocketIO
from bench.servers.tutorial import Tutorial

CONTESTANTS: tuple[type[Server], ...] = (
    Tutorial,
    SocketIO,
    Bare,
    DispatchFloor,
    PeerLoop,
    PeerLoopOnUvicorn,
    PeerLoopPair,
)

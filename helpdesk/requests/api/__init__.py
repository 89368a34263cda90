"""The JSON door of requests, by how they are helped."""

from ninja import Router

from .paid import router as paid
from .responses import router as responses
from .threads import router as threads

router = Router()
router.add_router("", paid)
router.add_router("", threads)
router.add_router("", responses)

"""The JSON door of the help desk, by feature."""

from ninja import Router

from .requests.api import router as requests
from .summons.api import router as summons

router = Router()
router.add_router("", summons)
router.add_router("", requests)

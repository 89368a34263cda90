"""The JSON door of the help desk, by feature."""

from ninja import Router

from .summons.api import router as summons

router = Router()
router.add_router("", summons)

"""Who may see a picture that belongs to something is known by the app that the something belongs to.

Each such app says so in `ready()`: `viewers.add("chat_message", may_see)` with `may_see(user, upload) -> bool`, which
answers False for uploads that are not its own. What visitors may see too is said by `public.add(name, is_public)`.
"""

from collections.abc import Callable

from peerloop.core.accounts.models import User
from peerloop.core.registry import Registry

from .models import Upload

viewers: Registry[Callable[[User, Upload], bool]] = Registry("viewer of uploads")
public: Registry[Callable[[Upload], bool]] = Registry("public picture")

"""What happens to a room when the things it stands on fail. Real processes, killed for real."""

from tests.support.browsers import browse, chromium, chromium_program, windows

__all__ = ["browse", "chromium", "chromium_program", "windows"]

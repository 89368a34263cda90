"""Loaded by `-p` before anything else: pytest-django reads the settings before it reads conftest.py."""

import os
import tempfile

os.environ["PEERLOOP_MODE"] = "test"
# This run's own folder, so that runs never meet.
os.environ.setdefault("PEERLOOP_VAR", tempfile.mkdtemp(prefix="peerloop-test-"))

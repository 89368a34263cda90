"""How many seconds tests wait for what must happen. A machine that runs several suites at once may be given more."""

import os

PATIENCE = float(os.environ.get("PEERLOOP_TEST_PATIENCE", "20"))

"""python -m bot"""

import gc
import sys

# Nothing that is imported is garbage, now or later: to look there would take a sixth of the start,
# and a part of every later look.
gc.disable()
from bot.cli import main  # noqa: E402

gc.freeze()
gc.enable()
sys.exit(main())

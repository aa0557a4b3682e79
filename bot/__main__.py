"""python -m bot"""

import gc
import sys

# What is imported stays: to look through it for garbage takes as long as half of the import.
gc.disable()
from bot.cli import main  # noqa: E402

gc.freeze()
gc.enable()
sys.exit(main())

"""One start, by the settings in the environment: says its memory in MB once every job has run.

Nothing is imported here that the bot itself does not import.
"""

import os

from bench.memory import peak
from bot.app import Bot
from bot.config import Settings
from bot.memory import share_one_heap


def main() -> None:
    share_one_heap()  # as `run` does
    bot = Bot(Settings.from_env(os.environ))
    bot.start()
    for tick in bot._rounds.lines:
        bot._rounds.run(tick)
    print(peak(), flush=True)
    bot.stop()


if __name__ == "__main__":
    main()

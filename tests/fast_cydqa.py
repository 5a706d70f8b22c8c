"""`python -m cydqa` with the fake encoder, for builds in processes of their own; TEST_BUILD makes one misbehave."""

import os
import signal
import sys
import time
from pathlib import Path

from conftest import WordEmbedder

from cydqa.__main__ import main
from cydqa.embedding import opening

_LONG_SECONDS = 120


class Held(WordEmbedder):
    """Embeds when the file that TEST_HOLD names is gone, so that a test sees the build before."""

    def embed_chunks(self, texts, done=lambda n: None):
        end = time.monotonic() + _LONG_SECONDS
        while Path(os.environ["TEST_HOLD"]).exists() and time.monotonic() < end:
            time.sleep(0.02)
        return super().embed_chunks(texts, done)


def stubborn(*_):
    """Be deaf to a request to stop."""


if __name__ == "__main__":
    how = os.environ.get("TEST_BUILD", "")
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    embedder = Held() if "TEST_HOLD" in os.environ else WordEmbedder()
    opening.open_encoder = lambda *_, may_download=False: embedder if not may_download else sys.exit(9)
    signal.signal(signal.SIGINT, stubborn if how == "stubborn" else signal.default_int_handler)
    main()

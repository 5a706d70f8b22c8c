"""The app as a real server on a free port, for tests and for the pictures of README."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCREENSHOTS = ROOT / "tests" / "screenshots"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
MILLISECONDS = 120_000  # the encoder is loaded and the index built on a slow machine


class Served:
    """The app with corpus, index and state in one folder, of which the corpus is there."""

    def __init__(self, folder, **settings):
        self.folder, self.corpus = folder, folder / "corpus"
        self.settings = {f"CYDQA_{name.upper()}": value for name, value in settings.items()}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        places = {f"CYDQA_{name.upper()}": str(self.folder / name) for name in ("corpus", "index", "state")}
        options = ("--server.port", str(self.port), "--server.headless", "true")
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", *options],
                cwd=ROOT,
                env={**os.environ, **places, **self.settings, "HF_HUB_OFFLINE": "1"},
                stdout=log,
                stderr=log,
            )
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=5).close()  # noqa: S310
                return
            except OSError:
                time.sleep(0.5)
        raise AssertionError("the server does not start")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)

    def log(self):
        return (self.folder / "log").read_text()

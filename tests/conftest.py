"""Fakes that can be checked by eye, and a small corpus; no test of the fast kind loads the real encoder."""

import dataclasses
import hashlib
import json
import os
import re
import shutil
import sys

import numpy as np
import pytest

os.environ["HF_HUB_OFFLINE"] = "1"

from serving import FLAGS, MILLISECONDS, ROOT

from cydqa import build_index, open_assistant
from cydqa.__main__ import main
from cydqa.documents.isolation import ParserPool
from cydqa.errors import CydqaError
from cydqa.library import list_corpus
from cydqa.settings import Settings
from cydqa.words import terms


class WordTokenizer:
    """A word is a token."""

    def count(self, text):
        return len(text.split())

    def head(self, text, tokens):
        ends = [match.end() for match in re.finditer(r"\S+", text)]
        return text if len(ends) <= tokens else text[: ends[tokens - 1]]


class WordEmbedder:
    """One dimension per term (by hash): the cosine of two texts is the overlap of their words."""

    name, dim, window = "words", 512, 256
    tokenizer = WordTokenizer()
    languages = frozenset({"en"})

    def __init__(self, fingerprint="words-1"):
        self.fingerprint = fingerprint
        self.embedded = []  # every text that went through, to see what a build embeds again

    def embed_chunks(self, texts, done=lambda n: None):
        self.embedded += texts
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            for term in terms(text):
                vectors[row, int(hashlib.md5(term.encode()).hexdigest(), 16) % self.dim] += 1  # noqa: S324
            done(1)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def embed_query(self, text):
        vector = self.embed_chunks([text])[0]
        self.embedded.pop()
        return vector


DOCUMENTS = {
    "leave.md": """---
title: Annual leave
url: https://example.org/leave
publisher: Personnel office
published: 2024-05-01
---

# Annual leave

Every employee has thirty days of annual leave. Unused leave expires in March.

## Applying

Apply for leave in the calendar two weeks ahead. The head of unit approves the application.
""",
    "laptops.md": """# Laptops

A laptop is replaced every four years. Broken laptops go to the help desk on the second floor.

## Travel

Laptops may travel abroad only with an encrypted disk.
""",
    "notes/invoices.txt": "Invoices are paid within thirty days. The accountant checks every invoice twice.\n",
}


def write_corpus(folder, documents):
    for name, text in documents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


TAKEN = "there is another document of that name. Pass --replace to replace it, or rename yours."


def everything(folder):
    """The files below a folder, hidden ones too, by their paths in it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def ids(corpus):
    """The documents of a corpus."""
    return {file.id for file in list_corpus(corpus).files}


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("CYDQA_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CYDQA_STATE", str(tmp_path / "state"))


@pytest.fixture
def embedder():
    return WordEmbedder()


@pytest.fixture
def settings():
    return Settings(min_confidence=0.3)


@pytest.fixture
def corpus(tmp_path):
    return write_corpus(tmp_path / "corpus", DOCUMENTS)


@pytest.fixture
def desk(tmp_path):
    """A folder of documents that are not in the corpus."""
    return write_corpus(tmp_path / "desk", {"memo.md": "A memo.", "plan.txt": "A plan.", "sub/Deep Note.MD": "Deep."})


@pytest.fixture(scope="session")
def parsers():
    """The processes that read files: the same for all tests, because they take a second to start."""
    with ParserPool(workers=2) as pool:
        yield pool


@pytest.fixture
def build(tmp_path, corpus, embedder, settings, parsers):
    """Build the small corpus (again); returns the report."""
    usual = {"settings": settings, "embedder": embedder, "parsers": parsers}

    def build(**options):
        return build_index(corpus, tmp_path / "index", **{**usual, **options})

    return build


@pytest.fixture
def assistant(tmp_path, build, embedder, settings):
    build()
    return open_assistant(tmp_path / "index", settings=settings, embedder=embedder)


@pytest.fixture
def assistant_of(tmp_path_factory, embedder, parsers):
    """Build a corpus of these texts alone (by their names, or one after the other) and open it; it never declines."""

    def assistant_of(*texts, embedder=embedder, **documents):
        folder = tmp_path_factory.mktemp("of")
        named = {f"{number}.txt": text for number, text in enumerate(texts, 1)}
        write_corpus(folder / "corpus", named | {f"{name}.md": text for name, text in documents.items()})
        settings = Settings(min_confidence=0)
        build_index(folder / "corpus", folder / "index", settings=settings, embedder=embedder, parsers=parsers)
        return open_assistant(folder / "index", settings=settings, embedder=embedder)

    return assistant_of


@pytest.fixture
def fake_encoder(monkeypatch, embedder):
    """Wherever the entry points would open the real encoder, they get the fake one."""
    monkeypatch.setattr("cydqa.embedding.opening.open_encoder", lambda *_, **__: embedder)
    return embedder


@pytest.fixture
def fast_builds(monkeypatch):
    """Builds in processes of their own have the fake encoder, too."""
    monkeypatch.setattr("cydqa.jobs.COMMAND", (sys.executable, str(ROOT / "tests" / "fast_cydqa.py")))


@pytest.fixture
def builds_at_once(monkeypatch, fake_encoder, parsers):
    """Builds that the page starts are finished at once, in this process, as if the page were slow to look."""

    def build(settings, folder, lock, *, rebuild):
        with folder.report.open("w") as report, folder.log.open("w") as log:
            try:
                done = build_index(
                    settings.corpus,
                    settings.index,
                    settings=settings,
                    embedder=fake_encoder,
                    parsers=parsers,
                    rebuild=rebuild,
                )
                json.dump(dataclasses.asdict(done), report)
            except CydqaError as error:
                log.write(f"Error: {error}\nWhat to do: {error.hint}\n")
        return os.getpid()

    monkeypatch.setattr("cydqa.jobs._spawn", build)


@pytest.fixture
def run(monkeypatch, capsys, tmp_path, corpus, fake_encoder):
    """Run one command in the folder of the small corpus: (exit status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["cydqa", *arguments])
        status = 0
        try:
            main()
        except SystemExit as stop:
            status = stop.code or 0
        return status, *capsys.readouterr()

    return run


@pytest.fixture(scope="session")
def real_index(tmp_path_factory):
    """The shipped corpus, built once with the real encoder: (corpus folder, index folder, report)."""
    folder = tmp_path_factory.mktemp("real")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    report = build_index(folder / "corpus", folder / "index", settings=Settings())
    return folder / "corpus", folder / "index", report


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    """A sentence-transformers model with two small random layers, saved to a folder."""
    from tiny_models import save_model

    return save_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=MILLISECONDS)
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("Chromium is missing. Install it with: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(served, chromium):
    """Open an address of the app in a fresh profile; nothing may be asked of another host."""
    contexts, strangers = [], []

    def visit(where="", width=1280, scheme="light"):
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(MILLISECONDS)
        page.on(
            "request",
            lambda request: (
                request.url.startswith((served.address, f"ws{served.address[4:]}", "data:", "blob:"))
                or strangers.append(request.url)
            ),
        )
        page.goto(f"{served.address}/{where}")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert strangers == []


@pytest.fixture
def assert_accessible():
    """No serious or critical violation of axe-core's rules."""

    from axe_playwright_python.sync_playwright import Axe

    def assert_accessible(page):
        page.mouse.move(0, 0)  # nothing is being pointed at
        page.wait_for_timeout(400)
        found = Axe().run(page).response["violations"]
        serious = [
            (each["id"], [node["html"][:200] for node in each["nodes"]])
            for each in found
            if each["impact"] in ("serious", "critical")
        ]
        assert serious == []

    return assert_accessible

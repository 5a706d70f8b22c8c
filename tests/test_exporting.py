"""The exported encoder: the same vectors without torch, for models of every usual shape; what can't be is not."""

import json
import logging
import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest
from conftest import write_corpus

from cydqa import build_index, open_assistant
from cydqa.embedding import exporting, model_files
from cydqa.embedding.model_files import locate_model
from cydqa.embedding.onnx_encoder import OnnxEmbedder
from cydqa.embedding.opening import ensure_exported, open_encoder
from cydqa.embedding.sentence_transformer import SentenceTransformerEmbedder
from cydqa.errors import ModelUnavailableError
from cydqa.index.check import check_index
from cydqa.index.status import index_status
from cydqa.settings import Settings

pytestmark = pytest.mark.model
PROSE = "Cyber norms: a state's diplomacy. Zwölf Länder – “agreed” 😀 "
TEXTS = ["", " a ", "norms", *(PROSE[:length] for length in range(3, 60, 8)), PROSE * 30]


def save_model(folder, *kind, **options):
    from tiny_models import save_model  # it imports torch

    return save_model(folder, *kind, **options)


def export(model, folder):
    (folder / "scratch").mkdir(parents=True)
    return ensure_exported(str(model), open_encoder(str(model), folder), folder, folder / "scratch", again=False)


def reference(model):
    return SentenceTransformerEmbedder(locate_model(str(model), may_download=False))


def assert_same(one, other):
    assert np.vecdot(one.embed_chunks(TEXTS), other.embed_chunks(TEXTS)).min() > 0.99999
    for text in TEXTS:
        assert one.embed_query(text) @ other.embed_query(text) > 0.99999


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta", "mpnet", "distilbert"])
def test_models_of_every_usual_kind_are_exported(tmp_path, kind):
    model = save_model(tmp_path, kind)
    exported = export(model, tmp_path / "index")
    assert isinstance(exported, OnnxEmbedder)
    assert exported.fingerprint == reference(model).fingerprint
    assert_same(exported, reference(model))


@pytest.mark.parametrize("parts", [{"pooling": "cls", "dense": True}, {"pooling": "max", "normalise": True}], ids=str)
def test_models_of_every_usual_shape_are_exported(tmp_path, parts):
    model = save_model(tmp_path, **parts)
    exported = export(model, tmp_path / "index")
    assert isinstance(exported, OnnxEmbedder)
    assert exported.embed_chunks(TEXTS).shape == (len(TEXTS), 8 if "dense" in parts else 16)
    assert_same(exported, reference(model))


def test_prompts_go_where_the_model_wants_them(tmp_path):
    model = save_model(tmp_path, prompts={"query": "query: ", "document": "a norms . "})
    exported = export(model, tmp_path / "index")
    assert isinstance(exported, OnnxEmbedder)
    assert_same(exported, reference(model))
    assert exported.embed_query("states") @ exported.embed_chunks(["states"])[0] < 0.999


def test_threads_get_the_same_vectors(tiny_model, tmp_path):
    exported = export(tiny_model, tmp_path / "index")
    expected = [exported.embed_query(text) for text in TEXTS]
    fresh, found = open_encoder(str(tiny_model), tmp_path / "index"), [None] * len(TEXTS)

    def embed(place):
        found[place] = fresh.embed_query(TEXTS[place])

    threads = [threading.Thread(target=embed, args=[place]) for place in range(len(TEXTS))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.array_equal(found, expected)


@pytest.fixture
def indexed(tmp_path):
    """Build a small corpus with a model; again where asked."""
    corpus = write_corpus(tmp_path / "corpus", {"norms.md": "# Norms\n\nCyber norms are what states agree on.\n"})

    def indexed(model, **options):
        return build_index(corpus, tmp_path / "index", settings=Settings(model=str(model)), **options)

    return indexed


def damage(path, place=-100):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def in_encoders(tmp_path):
    return sorted(path.name for path in tmp_path.glob("index/encoders/*/*"))


EXPORTED = ["encoder.json", "model.onnx", "model.onnx.data", "tokenizer.json"]


@pytest.mark.parametrize(
    "why", ["an unusual part", "a prompt that is left out", "other vectors", "an operator", "the runtime"]
)
def test_a_model_that_cannot_be_exported_embeds_by_itself(tmp_path, indexed, caplog, monkeypatch, why):
    model = save_model(
        tmp_path, strange=why == "an unusual part", prompts={"query": "query: "} if "left" in why else None
    )
    if "left" in why:
        config = model / "1_Pooling" / "config.json"
        config.write_text(json.dumps({**json.loads(config.read_text()), "include_prompt": False}))
    elif why == "other vectors":
        monkeypatch.setattr(exporting, "SAME_COSINE", 1.1)
    elif why == "an operator":
        monkeypatch.setattr("torch.onnx.export", lambda *_, **__: 1 / 0)
    elif why == "the runtime":
        monkeypatch.setattr(OnnxEmbedder, "_run", lambda *_: 1 / 0)
    with caplog.at_level(logging.WARNING, "cydqa"):
        assert indexed(model).published
    [said] = [record.getMessage() for record in caplog.records if record.name.startswith("cydqa")]
    assert "answers slowly, because" in said
    assert in_encoders(tmp_path) == ["refused.txt"]
    settings = Settings(model=str(model))
    assert isinstance(open_encoder(settings.model, tmp_path / "index"), SentenceTransformerEmbedder)
    assert open_assistant(tmp_path / "index", settings=settings).search("norms")

    def never(*_):
        raise AssertionError("exported again")

    monkeypatch.setattr(exporting, "export_encoder", never)
    assert not indexed(model).published
    with pytest.raises(AssertionError, match="exported again"):
        indexed(model, rebuild=True)


def test_an_export_that_failed_for_want_of_memory_is_tried_again(tmp_path, indexed, tiny_model, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("torch.onnx.export", lambda *_, **__: bytearray(2**62))
        assert indexed(tiny_model).published
    assert in_encoders(tmp_path) == []
    indexed(tiny_model)
    assert in_encoders(tmp_path) == EXPORTED


def test_a_file_among_the_exports_that_is_none_is_left_alone(tmp_path, indexed, tiny_model):
    indexed(tiny_model)
    stray = tmp_path / "index" / "encoders" / ".DS_Store"
    stray.write_text("of a file manager")
    assert indexed(tiny_model, rebuild=True).published
    assert stray.exists()


@pytest.mark.parametrize("name", EXPORTED)
def test_a_damaged_export_is_never_used_and_the_next_build_mends_it(tmp_path, indexed, tiny_model, name):
    indexed(tiny_model)
    settings, [path] = Settings(model=str(tiny_model)), tmp_path.glob(f"index/encoders/*/{name}")
    damage(path)
    if name == "encoder.json":  # what it would have said of the others is lost: the model itself serves
        assert isinstance(open_encoder(settings.model, tmp_path / "index"), SentenceTransformerEmbedder)
    else:
        with pytest.raises(ModelUnavailableError, match=f"{name} is damaged") as caught:
            open_assistant(tmp_path / "index", settings=settings).ask("norms")
        assert "cydqa index" in caught.value.hint
        findings = check_index(tmp_path / "corpus", tmp_path / "index", embedder=reference(tiny_model))
        assert ["exported encoder" in finding.what for finding in findings] == [True]
    indexed(tiny_model)
    assert open_assistant(tmp_path / "index", settings=settings).search("norms")
    assert isinstance(open_encoder(settings.model, tmp_path / "index"), OnnxEmbedder)


def test_a_missing_export_is_made_again(tmp_path, indexed, tiny_model):
    indexed(tiny_model)
    shutil.rmtree(tmp_path / "index" / "encoders")
    settings = Settings(model=str(tiny_model))
    encoder = open_encoder(settings.model, tmp_path / "index")
    assert open_assistant(tmp_path / "index", settings=settings).search("norms")
    state = index_status(tmp_path / "corpus", tmp_path / "index", settings=settings, embedder=encoder)
    assert state.needs_build
    indexed(tiny_model)
    assert in_encoders(tmp_path) == EXPORTED


def test_another_model_takes_the_place_of_the_one_before(tmp_path, indexed, tiny_model):
    indexed(tiny_model)
    before = {path.name for path in tmp_path.glob("index/encoders/*")}
    indexed(save_model(tmp_path, "distilbert"))
    after = {path.name for path in tmp_path.glob("index/encoders/*")}
    assert len(before) == len(after) == 1
    assert before != after


def test_opening_hashes_the_model_again_only_where_it_changed(tmp_path, tiny_model, monkeypatch):
    model = shutil.copytree(tiny_model, tmp_path / "model")
    fingerprint = export(model, tmp_path / "index").fingerprint
    hashed, sha256_of = [], model_files.sha256_of
    monkeypatch.setattr(model_files, "sha256_of", lambda path: hashed.append(path.name) or sha256_of(path))
    assert open_encoder(str(model), tmp_path / "index").fingerprint == fingerprint
    assert hashed == []
    damage(model / "model.safetensors")
    changed = open_encoder(str(model), tmp_path / "index")
    assert hashed == ["model.safetensors"]
    assert changed.fingerprint != fingerprint
    assert isinstance(changed, SentenceTransformerEmbedder)


def test_asking_the_shipped_corpus_loads_neither_torch_nor_the_model(real_index):
    corpus, index, _ = real_index
    assert_same(open_encoder("", index), reference(""))
    code = (
        "import sys; from cydqa.__main__ import main\n"
        "try: main()\n"
        "finally: print('loaded:', {name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "ask", "What is the Budapest Convention?", "--index", str(index)]
    done = subprocess.run([*command, "--corpus", str(corpus)], capture_output=True, text=True, check=True)
    assert "Convention" in done.stdout
    loaded = done.stderr.rpartition("loaded:")[2]
    for heavy in ("torch", "transformers", "sentence_transformers", "langchain_core", "scipy", "yaml", "streamlit"):
        assert f"'{heavy}'" not in loaded
    assert "'onnxruntime'" in loaded

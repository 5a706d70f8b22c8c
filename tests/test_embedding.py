"""The encoder: the shipped weights, other models in a folder, and what is refused."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from cydqa.embedding import model_files
from cydqa.embedding.model_files import locate_model
from cydqa.embedding.opening import open_encoder
from cydqa.embedding.tokenizer import ModelTokenizer
from cydqa.errors import ModelUnavailableError

TEXTS = [
    "Cyber diplomacy.",
    "A much longer sentence about norms of state behaviour in cyberspace. " * 5,
    "",
    "😀 é",
    "Norms",
]


def copy(model, tmp_path):
    return Path(shutil.copytree(model, tmp_path / "copy"))


@pytest.mark.model
def test_the_installed_model_is_found_checked_and_embeds_like_the_library_itself():
    from sentence_transformers import SentenceTransformer

    files = locate_model("", may_download=False)
    assert (files.name, files.dim, files.window) == ("all-MiniLM-L6-v2", 384, 256)
    done = []
    vectors = open_encoder("").embed_chunks(TEXTS, done.append)
    expected = SentenceTransformer(str(files.folder), device="cpu").encode(TEXTS, normalize_embeddings=True)
    assert vectors.shape == (5, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(vectors, expected, atol=1e-5)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert sum(done) == 5
    assert np.allclose(open_encoder("").embed_query(TEXTS[0]), expected[0], atol=1e-5)


@pytest.mark.model
def test_weights_that_are_not_the_expected_ones_are_refused(tmp_path, monkeypatch):
    folder = copy(locate_model("", may_download=False).folder, tmp_path)
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\0\1\2\3")
    monkeypatch.setattr(model_files, "_installed_folder", lambda: folder)
    with pytest.raises(ModelUnavailableError, match="SHA-256 differs") as caught:
        open_encoder("")
    assert "pip install" in caught.value.hint


@pytest.mark.model
def test_another_model_in_a_folder_is_used(tiny_model):
    encoder = open_encoder(str(tiny_model))
    assert (encoder.dim, encoder.window) == (16, 48)
    assert encoder.embed_chunks(TEXTS).shape == (5, 16)
    assert encoder.fingerprint != open_encoder("").fingerprint


@pytest.mark.model
def test_the_fingerprint_covers_every_file_that_decides_the_vectors(tiny_model, tmp_path):
    folder = copy(tiny_model, tmp_path)
    before = open_encoder(str(folder)).fingerprint
    (folder / "README.md").write_text("Words.")
    assert open_encoder(str(folder)).fingerprint == before
    config = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**config, "do_lower_case": False}))
    assert open_encoder(str(folder)).fingerprint != before


@pytest.mark.model
@pytest.mark.parametrize("missing", ["config.json", "tokenizer.json", "modules.json", "model.safetensors"])
def test_a_model_that_lacks_a_file_is_refused(tiny_model, tmp_path, missing):
    folder = copy(tiny_model, tmp_path)
    (folder / missing).unlink()
    with pytest.raises(ModelUnavailableError, match=missing):
        open_encoder(str(folder))


@pytest.mark.model
def test_weights_in_a_pickle_are_refused(tiny_model, tmp_path):
    folder = copy(tiny_model, tmp_path)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelUnavailableError, match="pickles"):
        open_encoder(str(folder))


@pytest.mark.parametrize("may_download", [True, False])
def test_a_model_that_is_nowhere_says_what_to_do(may_download):
    with pytest.raises(ModelUnavailableError, match="neither a folder nor on this machine") as caught:
        locate_model("someone/no-such-model", may_download=may_download)
    assert "CYDQA_MODEL" in caught.value.hint
    assert ("cydqa index" in caught.value.hint) != may_download


def test_the_tokenizer_counts_and_cuts_without_the_model():
    tokenizer = ModelTokenizer(locate_model("", may_download=False).folder / "tokenizer.json")
    text = "Cyber diplomacy is diplomacy. " * 100
    assert tokenizer.count(text) == 500
    assert tokenizer.head(text, 3) == "Cyber diplomacy is"
    assert tokenizer.head("short", 48) == "short"

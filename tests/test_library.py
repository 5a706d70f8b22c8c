import errno
import hashlib
import os

import pytest
from conftest import write_corpus

from cydqa.errors import DocumentError
from cydqa.library import is_stale, list_corpus


def test_documents_of_all_subfolders_are_found_and_the_rest_is_said(corpus, tmp_path):
    (corpus / ".hidden.md").write_text("x")
    (corpus / ".git").mkdir()
    (corpus / ".git" / "x.md").write_text("x")
    (corpus / "picture.png").write_bytes(b"x")
    (tmp_path / "secret.txt").write_text("outside")
    (corpus / "way-out.txt").symlink_to(tmp_path / "secret.txt")
    os.makedirs(os.fsencode(corpus) + b"/bad-\xff")
    with open(os.fsencode(corpus) + b"/bad-\xff/x.txt", "wb") as file:
        file.write(b"x")
    (corpus / "gone.txt").symlink_to(corpus / "nowhere.txt")
    (corpus / "loop.md").symlink_to(corpus / "loop.md")
    (corpus / "linked").symlink_to(corpus / "notes")
    listing = list_corpus(corpus, corpus / "index")
    assert [file.id for file in listing.files] == ["laptops.md", "leave.md", "notes/invoices.txt"]
    assert listing.skipped == {
        ".hidden.md": "hidden file",
        "picture.png": "unknown type .png",
        "way-out.txt": "link to a place outside the corpus",
        "gone.txt": "not a regular file",
        "bad-\\xff/x.txt": "its name is not valid UTF-8",
        "loop.md": "not a regular file",
        "linked": "link to a folder",
    }


def test_a_corpus_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(DocumentError, match="no corpus folder"):
        list_corpus(tmp_path / "nowhere", tmp_path / "index")


def test_an_index_inside_the_corpus_is_not_looked_at(corpus):
    write_corpus(corpus, {"index/README.md": "Not a document."})
    assert not [file.id for file in list_corpus(corpus, corpus / "index").files if file.id.startswith("index")]


def test_a_folder_that_can_not_be_read_is_said(corpus, monkeypatch):
    real_scandir = os.scandir

    def scandir(path):
        if str(path).endswith("notes"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real_scandir(path)

    monkeypatch.setattr("os.scandir", scandir)
    assert list_corpus(corpus, corpus / "index").failed == {"notes/": "it can't be read: Permission denied."}


def test_a_file_is_stale_when_its_content_is_not_what_was_indexed(corpus):
    file = list_corpus(corpus, corpus / "index").files[0]
    digest = hashlib.sha256(file.path.read_bytes()).hexdigest()
    known = {"size": file.size, "mtime_ns": file.mtime_ns, "sha256": digest}
    assert not is_stale(file.path, **known)
    os.utime(file.path)  # touched, but the same
    assert not is_stale(file.path, **known)
    file.path.write_text("changed")
    assert is_stale(file.path, **known)
    file.path.unlink()
    assert is_stale(file.path, **known)

import errno
import hashlib
import os

import pytest
from conftest import write_corpus

from cydqa.documents import read_file
from cydqa.errors import DocumentError
from cydqa.library import is_stale, list_corpus
from cydqa.library.removing import remove_documents


def test_documents_of_all_subfolders_are_found_and_the_rest_is_said(corpus, tmp_path):
    (corpus / ".hidden.md").write_text("x")
    (corpus / "~$report.docx").write_text("x")
    (corpus / ".git").mkdir()
    (corpus / ".git" / "x.md").write_text("x")
    (corpus / "picture.png").write_bytes(b"x")
    write_corpus(corpus, {"Page.html": "<p>Text.</p>", "Page_files/advert.html": "Buy!", "my_files/note.txt": "Note."})
    (tmp_path / "secret.txt").write_text("outside")
    (corpus / "way-out.txt").symlink_to(tmp_path / "secret.txt")
    os.makedirs(os.fsencode(corpus) + b"/bad-\xff")
    with open(os.fsencode(corpus) + b"/bad-\xff/x.txt", "wb") as file:
        file.write(b"x")
    (corpus / "gone.txt").symlink_to(corpus / "nowhere.txt")
    (corpus / "loop.md").symlink_to(corpus / "loop.md")
    (corpus / "linked").symlink_to(corpus / "notes")
    listing = list_corpus(corpus, corpus / "index")
    ids = ["Page.html", "laptops.md", "leave.md", "my_files/note.txt", "notes/invoices.txt"]
    assert [file.id for file in listing.files] == ids
    assert listing.skipped == {
        "Page_files/": "pictures, styles and frames of the saved web page beside it",
        ".hidden.md": "hidden file",
        "~$report.docx": "mark of an office program that has the document open",
        ".git/": "hidden folder",
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
    known = {"stamp": file.stamp, "sha256": hashlib.sha256(file.path.read_bytes()).hexdigest()}
    assert not is_stale(file.path, **known)
    os.utime(file.path)  # touched, but the same
    assert not is_stale(file.path, **known)
    file.path.write_text("changed")
    assert is_stale(file.path, **known)
    file.path.unlink()
    assert is_stale(file.path, **known)


@pytest.mark.timeout(10)
def test_a_document_that_became_a_pipe_is_not_waited_for(corpus):
    file = list_corpus(corpus).files[0]
    file.path.unlink()
    os.mkfifo(file.path)
    assert is_stale(file.path, stamp=file.stamp, sha256="0" * 64)
    with pytest.raises(DocumentError, match="not a regular file"):
        read_file(file.path)


def test_a_file_with_the_size_and_the_time_of_before_is_stale_all_the_same(corpus):
    file = list_corpus(corpus).files[0]
    content = file.path.read_bytes()
    file.path.write_bytes(content[::-1])
    os.utime(file.path, ns=(file.stamp.mtime_ns, file.stamp.mtime_ns))
    while file.path.stat().st_ctime_ns == file.stamp.ctime_ns:  # the clock of the file system ticks slowly
        os.utime(file.path, ns=(file.stamp.mtime_ns, file.stamp.mtime_ns))
    assert is_stale(file.path, stamp=file.stamp, sha256=hashlib.sha256(content).hexdigest())


def test_an_unchanged_file_is_not_read(corpus):
    file = list_corpus(corpus).files[0]
    assert not is_stale(file.path, stamp=file.stamp, sha256="not even looked at")


def test_a_sidecar_belongs_to_its_document_and_is_none_itself(corpus, tmp_path):
    (tmp_path / "elsewhere.yaml").write_text("title: Secret")
    write_corpus(
        corpus,
        {
            "leave.md.yaml": "title: Leave",
            "notes/gone.txt.yaml": "title: Gone",
            "settings.yaml": "a: 1",
            "picture.png.yaml": "a: 1",
            "far.md": "Far.",
        },
    )
    (corpus / "laptops.md.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    (corpus / "far.txt").symlink_to(tmp_path / "elsewhere.yaml")
    (corpus / "far.txt.yaml").write_text("title: Far")
    listing = list_corpus(corpus)
    sidecars = {file.id: file.sidecar and file.sidecar.name for file in listing.files}
    assert sidecars == {"far.md": None, "laptops.md": None, "leave.md": "leave.md.yaml", "notes/invoices.txt": None}
    (leave,) = (file for file in listing.files if file.sidecar)
    assert leave.sidecar_stamp.size == len("title: Leave")
    assert listing.skipped == {
        "notes/gone.txt.yaml": "metadata of a file that is not there",
        "settings.yaml": "unknown type .yaml",
        "picture.png.yaml": "unknown type .yaml",
        "laptops.md.yaml": "link to a place outside the corpus",
        "far.txt": "link to a place outside the corpus",
        "far.txt.yaml": "metadata of a file that is skipped",
    }


def test_removing_a_document_takes_its_sidecar_and_nothing_else(corpus):
    write_corpus(corpus, {"notes/invoices.txt.yaml": "title: Invoices", "notes/invoices.txt.md": "Another."})
    assert remove_documents(corpus, ["notes/invoices.txt", "notes/invoices.txt"]).removed == ("notes/invoices.txt",)
    assert [path.name for path in (corpus / "notes").iterdir()] == ["invoices.txt.md"]
    assert [file.id for file in list_corpus(corpus).files] == ["laptops.md", "leave.md", "notes/invoices.txt.md"]


@pytest.mark.parametrize(
    "wrong", ["../secret.txt", "notes/../leave.md", "/etc/passwd", "notes", "", ".hidden.md", "way-out.txt", "Leave.md"]
)
def test_one_unknown_id_and_nothing_is_removed(corpus, tmp_path, wrong):
    (tmp_path / "secret.txt").write_text("outside")
    (corpus / "way-out.txt").symlink_to(tmp_path / "secret.txt")
    (corpus / ".hidden.md").write_text("x")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DocumentError, match="no document"):
        remove_documents(corpus, ["laptops.md", wrong])
    assert sorted(tmp_path.rglob("*")) == before


def test_an_unknown_id_is_met_with_the_ones_that_look_like_it(corpus):
    with pytest.raises(DocumentError) as caught:
        remove_documents(corpus, ["laptop.md"])
    assert caught.value.hint == "Did you mean laptops.md?"


def test_of_a_link_the_link_is_removed_and_not_what_it_leads_to(corpus):
    (corpus / "alias.md").symlink_to(corpus / "leave.md")
    remove_documents(corpus, ["alias.md"])
    assert (corpus / "leave.md").is_file()
    assert not (corpus / "alias.md").is_symlink()


def test_a_file_of_the_index_is_no_document_to_remove(corpus):
    write_corpus(corpus, {"index/README.md": "Not a document."})
    with pytest.raises(DocumentError):
        remove_documents(corpus, ["index/README.md"], index_dir=corpus / "index")
    assert (corpus / "index/README.md").is_file()


def test_a_file_that_can_not_be_removed_is_said(corpus, monkeypatch):
    def unlink(path, **_):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.unlink", unlink)
    with pytest.raises(DocumentError, match=r"leave.md can't be removed: Permission denied."):
        remove_documents(corpus, ["leave.md"])

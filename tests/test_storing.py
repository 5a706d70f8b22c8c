import contextlib
import errno
import fcntl
import os
import signal
import subprocess
import sys
import threading

import pytest
from conftest import TAKEN, everything, ids

from cydqa.documents.front_matter import add_sidecar
from cydqa.errors import DocumentError
from cydqa.library import list_corpus
from cydqa.library.adding import Added, add_content, add_files
from cydqa.types import Metadata, Reference


def test_a_sidecar_comes_along_with_its_document(corpus, desk):
    (desk / "memo.md.yaml").write_text("title: The memo\n")
    (desk / "sub/Deep Note.MD.yaml").write_text("title: Deep\n")
    added = add_files(corpus, [desk / "memo.md", desk / "memo.md.yaml", desk / "sub"])
    assert added.added == ("memo.md", "sub/Deep Note.md")
    assert added.skipped == {str(desk / "memo.md.yaml"): "metadata, which come along with their document"}
    assert (corpus / "memo.md.yaml").read_text() == "title: The memo\n"
    assert {file.id for file in list_corpus(corpus).files if file.sidecar} == {"memo.md", "sub/Deep Note.md"}


def test_an_upload_is_stored_with_what_is_known_of_it(corpus):
    metadata = Metadata(
        url="https://example.org/ä",
        authors=("Ann", "Böb"),
        accessed="2026-01-02",
        references=(Reference(1, "First", document="leave.md"),),
    )
    assert add_content(corpus, "Påper.MD", b"A paper.", metadata=metadata).added == ("Påper.md",)
    sidecar = (corpus / "Påper.md.yaml").read_bytes()
    assert add_sidecar(Metadata(), sidecar) == (None, metadata)
    assert "Böb" in sidecar.decode()
    assert "publisher" not in sidecar.decode()


@pytest.mark.parametrize("name", ["../up.md", "/abs/up.md", "..\\up.md", "\ud800.md", "a/../../b.md", "CON.md"])
def test_an_upload_can_not_choose_its_place(corpus, tmp_path, name):
    before = everything(tmp_path)
    (added,) = add_content(corpus, name, b"x").added
    assert everything(tmp_path) - before == {f"corpus/{added}"}
    assert "/" not in added


def test_an_upload_of_another_type_or_to_nowhere_is_refused(corpus, tmp_path):
    assert "no type" in add_content(corpus, "x.md.yaml", b"x").failed["x.md.yaml"]
    with pytest.raises(DocumentError, match="no corpus folder"):
        add_content(tmp_path / "nowhere", "x.md", b"x")
    assert not (tmp_path / "nowhere").exists()


def test_metadata_that_lost_their_document_do_not_stick_to_another(corpus):
    (corpus / "memo.md.yaml").write_text("url: https://example.org/other\n")
    refused = add_content(corpus, "memo.md", b"A memo.").failed["memo.md"]
    assert "metadata of another document" in refused
    assert "memo.md.yaml" in refused
    assert not (corpus / "memo.md").exists()
    assert add_content(corpus, "memo.md", b"A memo.", replace=True).added == ("memo.md",)
    assert not (corpus / "memo.md.yaml").exists()


def test_an_interrupted_add_can_simply_be_repeated(corpus, desk):
    (desk / "memo.md.yaml").write_text("title: x\n")
    (corpus / "memo.md.yaml").write_text("title: x\n")  # it was killed before the document had its name
    assert add_files(corpus, [desk / "memo.md"]) == Added(added=("memo.md",))


def test_replacing_a_document_says_that_its_metadata_stay(corpus):
    (corpus / "leave.md.yaml").write_text("published: 1999\n")
    added = add_content(corpus, "leave.md", b"Other rules.", replace=True)
    assert added.replaced == ("leave.md",)
    assert "leave.md.yaml" in added.warnings[0]
    newer = add_content(corpus, "leave.md", b"Rules.", metadata=Metadata(published="2024"), replace=True)
    assert not newer.warnings
    assert add_sidecar(Metadata(), (corpus / "leave.md.yaml").read_bytes())[1].published == "2024"


def test_metadata_of_a_document_that_did_not_change_are_replaced_too(corpus):
    same, new = (corpus / "leave.md").read_bytes(), Metadata(published="2024")
    assert add_content(corpus, "leave.md", same, metadata=new).duplicates == {"leave.md": "leave.md"}
    assert not (corpus / "leave.md.yaml").exists()
    assert add_content(corpus, "leave.md", same, metadata=new, replace=True).replaced == ("leave.md",)
    assert add_content(corpus, "leave.md", same, metadata=new, replace=True).duplicates == {"leave.md": "leave.md"}
    assert add_content(corpus, "else.md", same, metadata=new, replace=True).duplicates == {"else.md": "leave.md"}


@pytest.mark.parametrize("call", ["fsync", "link"])
def test_a_full_disk_leaves_nothing_behind(corpus, desk, monkeypatch, call):
    def fail(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    (desk / "memo.md.yaml").write_text("title: x")
    before = sorted(corpus.rglob("*"))
    monkeypatch.setattr(f"os.{call}", fail)
    added = add_files(corpus, [desk])
    assert set(added.failed.values()) == {
        "it can't be stored: No space left on device. Check free space and the permissions of the corpus folder."
    }
    assert sorted(corpus.rglob("*")) == before


def test_without_its_document_the_sidecar_does_not_stay(corpus, monkeypatch):
    real_link = os.link

    def link(unfinished, target):
        if target.suffix == ".md":
            raise KeyboardInterrupt
        real_link(unfinished, target)

    monkeypatch.setattr("os.link", link)
    before = everything(corpus)
    with pytest.raises(KeyboardInterrupt):
        add_content(corpus, "memo.md", b"A memo.", metadata=Metadata(kind="memo"))
    assert everything(corpus) == before


def test_a_sidecar_is_there_before_its_document(corpus, monkeypatch):
    order = []
    real_link = os.link

    def link(unfinished, target):
        order.append(target.name)
        real_link(unfinished, target)

    monkeypatch.setattr("os.link", link)
    add_content(corpus, "memo.md", b"A memo.", metadata=Metadata(kind="memo"))
    assert order == ["memo.md.yaml", "memo.md"]


@pytest.mark.parametrize("described", [True, False])
def test_whatever_stops_a_replacement_no_document_has_the_metadata_of_the_other(corpus, monkeypatch, described):
    class Killed(BaseException):
        pass

    old, new = (b"Old.", Metadata(url="https://example.org/old")), (b"New.", Metadata(url="https://example.org/new"))
    seen = set()
    for number in range(20):
        add_content(corpus, "memo.md", old[0], metadata=old[1] if described else None, replace=True)
        left = number

        def counted(real):
            def call(*arguments, **options):
                nonlocal left
                left -= 1
                if left < 0:
                    raise Killed
                return real(*arguments, **options)

            return call

        with monkeypatch.context() as patch, contextlib.suppress(Killed):
            for name in ("link", "replace", "unlink", "fsync"):
                patch.setattr(f"os.{name}", counted(getattr(os, name)))
            add_content(corpus, "memo.md", new[0], metadata=new[1], replace=True)
        said = corpus / "memo.md.yaml"
        url = add_sidecar(Metadata(), said.read_bytes())[1].url if said.exists() else None
        seen.add(((corpus / "memo.md").read_bytes(), url))
        (corpus / "memo.md").unlink()
        said.unlink(missing_ok=True)
    assert seen <= {(old[0], old[1].url), (old[0], None), (new[0], None), (new[0], new[1].url)}
    assert (new[0], new[1].url) in seen
    assert len(seen) > 2


def test_a_file_that_appears_meanwhile_is_not_overwritten(corpus, monkeypatch):
    real_link = os.link

    def link(unfinished, target):
        if target.suffix == ".md":
            target.write_text("Theirs.")
        real_link(unfinished, target)

    monkeypatch.setattr("os.link", link)
    added = add_content(corpus, "memo.md", b"Ours.", metadata=Metadata(kind="memo"))
    assert added.failed == {"memo.md": TAKEN}
    assert (corpus / "memo.md").read_text() == "Theirs."
    assert not (corpus / "memo.md.yaml").exists()


@pytest.mark.parametrize("meanwhile", [False, True])
def test_a_file_system_without_links_is_written_to_all_the_same(corpus, monkeypatch, meanwhile):
    def link(_, target):
        if meanwhile:
            target.write_text("Theirs.")
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("os.link", link)
    added = add_content(corpus, "memo.md", b"Ours.")
    assert added == (Added(failed={"memo.md": TAKEN}) if meanwhile else Added(added=("memo.md",)))
    assert (corpus / "memo.md").read_text() == ("Theirs." if meanwhile else "Ours.")
    assert everything(corpus) == {"laptops.md", "leave.md", "notes/invoices.txt", "memo.md"}


KILLED = """
import os, signal, sys
from pathlib import Path
from cydqa.library import storing
from cydqa.library.adding import add_files
real_link = os.link
def link(unfinished, target):
    os.kill(os.getpid(), signal.SIGKILL)
os.link = link
add_files(Path(sys.argv[1]), [Path(sys.argv[2])])
"""


def test_what_a_killed_copy_left_is_hidden_and_goes_with_the_next(corpus, desk):
    killed = subprocess.run([sys.executable, "-c", KILLED, str(corpus), str(desk / "memo.md")], check=False)
    assert killed.returncode == -signal.SIGKILL
    (left,) = corpus.glob(".cydqa-*")
    assert list_corpus(corpus).skipped == {left.name: "hidden file"}
    assert add_files(corpus, [desk / "plan.txt"]).added == ("plan.txt",)
    assert not list(corpus.glob(".cydqa-*"))


def test_what_another_is_writing_now_is_left_alone(corpus, desk):
    with (corpus / ".cydqa-theirs").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        add_files(corpus, [desk / "plan.txt"])
        assert (corpus / ".cydqa-theirs").exists()


def test_many_uploads_at_once_all_arrive(corpus):
    failed = []

    def upload(number):
        for n in range(10):
            failed.extend(add_content(corpus, f"{number}-{n}.md", f"{number} {n}".encode()).failed.values())

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(ids(corpus)) == 43
    assert not list(corpus.glob(".cydqa-*"))

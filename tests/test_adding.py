import errno
import os
import socket

import pytest
from conftest import TAKEN, everything, ids, write_corpus

from cydqa.library.adding import Added, add_content, add_files


def test_files_are_copied_into_the_corpus_in_the_order_they_were_named(corpus, desk):
    added = add_files(corpus, [desk / "plan.txt", desk / "memo.md"])
    assert added == Added(added=("plan.txt", "memo.md"))
    assert (corpus / "plan.txt").read_text() == "A plan."
    assert everything(corpus) == {"laptops.md", "leave.md", "notes/invoices.txt", "plan.txt", "memo.md"}
    assert (desk / "memo.md").is_file()


def test_a_stored_file_can_be_read_by_whom_the_umask_lets(corpus, desk):
    before = os.umask(0o022)
    try:
        add_files(corpus, [desk / "memo.md"])
    finally:
        os.umask(before)
    assert (corpus / "memo.md").stat().st_mode & 0o777 == 0o644
    assert (corpus / "memo.md").stat().st_nlink == 1


def test_a_taken_name_is_refused_with_the_way_out(corpus, desk):
    (desk / "leave.md").write_text("Other rules.")
    before = (corpus / "leave.md").read_text()
    added = add_files(corpus, [desk / "leave.md", desk / "memo.md"])
    assert added == Added(added=("memo.md",), failed={str(desk / "leave.md"): TAKEN})
    assert (corpus / "leave.md").read_text() == before


@pytest.mark.parametrize("name", ["LEAVE.md", "e\u0301té.md"])
def test_a_name_that_differs_only_by_case_or_unicode_form_is_taken(corpus, desk, name):
    (corpus / "été.md").write_text("Summer.")
    (desk / name).write_text("Something else.")
    added = add_files(corpus, [desk / name])
    assert added.failed == {str(desk / name): TAKEN}
    replaced = add_files(corpus, [desk / name], replace=True).replaced
    assert replaced in {("leave.md",), ("été.md",)}
    assert (corpus / replaced[0]).read_text() == "Something else."
    assert len(ids(corpus)) == 4


def test_replacing_is_done_when_it_is_asked_for(corpus, desk):
    (desk / "leave.md").write_text("Other rules.")
    assert add_files(corpus, [desk / "leave.md"], replace=True) == Added(replaced=("leave.md",))
    assert (corpus / "leave.md").read_text() == "Other rules."


def test_two_files_of_one_call_never_replace_each_other(corpus, tmp_path):
    write_corpus(tmp_path, {"one/note.md": "One.", "two/note.md": "Two."})
    added = add_files(corpus, [tmp_path / "one/note.md", tmp_path / "two/note.md"], replace=True)
    assert added.added == ("note.md",)
    assert "another file that was just added" in added.failed[str(tmp_path / "two/note.md")]
    assert (corpus / "note.md").read_text() == "One."


def test_a_folder_is_never_replaced_by_a_file(corpus, desk):
    (corpus / "memo.md").mkdir()
    added = add_files(corpus, [desk / "memo.md"], replace=True)
    assert added.failed == {str(desk / "memo.md"): "there is a folder of that name. Rename your file."}


def test_content_that_is_there_under_any_name_is_said_and_not_stored(corpus, desk):
    (desk / "same.md").write_bytes((corpus / "notes/invoices.txt").read_bytes())
    (desk / "again.md").write_text("A memo.")
    before = everything(corpus)
    added = add_files(corpus, [desk / "same.md", desk / "memo.md", desk / "again.md"])
    assert added.duplicates == {str(desk / "same.md"): "notes/invoices.txt", str(desk / "again.md"): "memo.md"}
    assert added.added == ("memo.md",)
    assert everything(corpus) == before | {"memo.md"}


def test_what_was_replaced_in_the_same_call_is_no_duplicate_any_more(corpus, tmp_path):
    old = (corpus / "leave.md").read_text()
    write_corpus(tmp_path, {"one/leave.md": old, "two/leave.md": "New.", "three/old.md": old})
    sources = [tmp_path / "one/leave.md", tmp_path / "two/leave.md", tmp_path / "three/old.md"]
    added = add_files(corpus, sources, replace=True)
    assert (added.duplicates, added.replaced, added.added) == (
        {str(sources[0]): "leave.md"},
        ("leave.md",),
        ("old.md",),
    )


def test_only_files_of_the_same_size_are_read_to_find_duplicates(corpus, desk, monkeypatch):
    (corpus / "other.md").write_text("O memo.")  # as long as the memo
    read = []

    def sha256_of(path):
        read.append(path.name)
        return "0"

    monkeypatch.setattr("cydqa.library.shelf.sha256_of", sha256_of)
    assert add_files(corpus, [desk / "memo.md"]).added == ("memo.md",)
    assert read == ["other.md"]


@pytest.mark.parametrize("name", ["picture.png", "noending", "program.md.exe"])
def test_a_file_of_another_type_is_refused(corpus, desk, name):
    (desk / name).write_text("x")
    reason = add_files(corpus, [desk / name]).failed[str(desk / name)]
    assert "of no type that cydqa reads" in reason
    assert ".md" in reason
    assert ids(corpus) == {"laptops.md", "leave.md", "notes/invoices.txt"}


def test_what_is_not_there_costs_only_itself(corpus, desk):
    circle, missing = desk / "circle.md", desk / "missing.md"
    circle.symlink_to(circle)
    sources = [missing, circle, desk / "nul\0.md", desk / "memo.md"]
    added = add_files(corpus, sources)
    assert added.added == ("memo.md",)
    assert added.failed.keys() == {str(source) for source in sources[:3]}
    assert added.failed[str(missing)] == "it is not there. Check its name."


def test_a_file_that_vanishes_or_can_not_be_read_costs_only_itself(corpus, desk, monkeypatch):
    real_open = os.open

    def open_or_fail(path, *arguments, **named):
        if str(path).endswith("memo.md"):
            raise PermissionError(errno.EACCES, "Permission denied")
        if str(path).endswith("plan.txt"):
            raise FileNotFoundError(errno.ENOENT, "No such file")
        return real_open(path, *arguments, **named)

    monkeypatch.setattr("os.open", open_or_fail)
    added = add_files(corpus, [desk])
    assert added.added == ("desk/sub/Deep Note.md",)
    assert added.failed == {
        str(desk / "memo.md"): "it can't be read: Permission denied.",
        str(desk / "plan.txt"): "it is not there. Check its name.",
    }


@pytest.mark.timeout(20)
def test_a_pipe_or_a_socket_is_refused_and_nobody_waits_for_it(corpus, desk):
    os.mkfifo(desk / "pipe.md")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(desk / "socket.md"))
        added = add_files(corpus, [desk / "pipe.md", desk / "socket.md", desk])
    assert added.failed.keys() == {str(desk / "pipe.md"), str(desk / "socket.md")}
    assert all("not a regular file" in reason for reason in added.failed.values())
    assert added.skipped == {str(desk / name): "not a regular file" for name in ("pipe.md", "socket.md")}


def test_a_file_that_is_too_large_is_refused(corpus, desk, monkeypatch):
    monkeypatch.setattr("cydqa.library.adding.MOST_BYTES", 2**20)
    (desk / "memo.md").write_bytes(b"x" * (2**20 + 1))
    assert "larger than 1 MiB" in add_files(corpus, [desk / "memo.md"]).failed[str(desk / "memo.md")]
    assert "larger than 1 MiB" in add_content(corpus, "a.md", b"x" * (2**20 + 1)).failed["a.md"]
    assert add_content(corpus, "a.md", b"x" * 2**20).added == ("a.md",)


def test_a_link_that_is_named_is_followed(corpus, desk, tmp_path):
    (tmp_path / "alias.md").symlink_to(desk / "memo.md")
    assert add_files(corpus, [tmp_path / "alias.md"]).added == ("alias.md",)
    assert not (corpus / "alias.md").is_symlink()
    assert (corpus / "alias.md").read_text() == "A memo."


def test_a_name_of_bytes_that_are_no_text_is_stored_under_one_that_is(corpus, desk):
    path = os.fsdecode(os.fsencode(desk) + b"/caf\xe9.md")
    with open(path, "w") as file:
        file.write("Coffee.")
    added = add_files(corpus, [desk])
    assert "desk/caf_.md" in added.added
    (desk / "twice.md").write_text("Coffee.")
    os.rename(path, path.replace(".md", ".png"))
    assert f"{desk}/caf\\xe9.png" in add_files(corpus, [desk]).skipped  # can be printed


def test_a_folder_keeps_its_structure_and_says_what_is_no_document(corpus, desk, tmp_path):
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "far").mkdir()
    (tmp_path / "far/secret.md").write_text("secret")
    (desk / "link.md").symlink_to(tmp_path / "secret.md")
    (desk / "inner.md").symlink_to(desk / "memo.md")
    (desk / "linked").symlink_to(tmp_path / "far")
    write_corpus(desk, {".git/x.md": "x", ".hidden.md": "x", "a.png": "x", "lost.md.yaml": "title: x"})
    added = add_files(corpus, [desk])
    assert added.added == ("desk/memo.md", "desk/plan.txt", "desk/sub/Deep Note.md")
    assert added.skipped == {
        str(desk / "link.md"): "link",
        str(desk / "inner.md"): "link",
        str(desk / "linked"): "link to a folder",
        f"{desk}/.git/": "hidden folder",
        str(desk / ".hidden.md"): "hidden file",
        str(desk / "a.png"): "unknown type .png",
        str(desk / "lost.md.yaml"): "metadata of a file that is not there",
    }
    assert not added.failed
    assert ids(corpus) > set(added.added)


def test_a_folder_can_be_named_as_a_dot(corpus, desk, monkeypatch):
    monkeypatch.chdir(desk / "sub")
    assert add_files(corpus, [type(desk)(".")]).added == ("sub/Deep Note.md",)


def test_a_folder_goes_into_the_one_that_is_there_under_almost_the_same_name(corpus, tmp_path):
    write_corpus(tmp_path, {"NOTES/new.txt": "New.", "NOTES/Invoices.TXT": "Other."})
    added = add_files(corpus, [tmp_path / "NOTES"])
    assert added.added == ("notes/new.txt",)
    assert added.failed == {str(tmp_path / "NOTES/Invoices.TXT"): TAKEN}


def test_unsafe_folder_names_are_made_safe(corpus, tmp_path):
    write_corpus(tmp_path, {"-a:b /-. x/CON/é.md": "x"})
    assert add_files(corpus, [tmp_path / "-a:b "]).added == ("a_b/x/_CON/é.md",)


def test_an_empty_folder_is_said(corpus, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "holds no documents" in add_files(corpus, [tmp_path / "empty"]).failed[str(tmp_path / "empty")]
    assert not (corpus / "empty").exists()


def test_the_corpus_is_not_added_to_itself(corpus, tmp_path):
    (corpus / "picture.png").write_bytes(b"x")
    before = everything(corpus)
    sources = [corpus, tmp_path, corpus / "notes", corpus / "leave.md", corpus / "picture.png"]
    added = add_files(corpus, sources)
    assert added.duplicates == {str(corpus / "leave.md"): "leave.md"}
    assert {name: reason.partition(".")[0] for name, reason in added.failed.items()} == {
        str(corpus): "it is the corpus itself",
        str(tmp_path): "it contains the corpus",
        str(corpus / "notes"): "it is in the corpus folder already",
        str(corpus / "picture.png"): "it is in the corpus folder already",
    }
    assert everything(corpus) == before


@pytest.mark.parametrize("replace", [False, True])
def test_nothing_is_written_through_a_link_or_into_the_index(corpus, tmp_path, replace):
    (tmp_path / "outside").mkdir()
    (corpus / "desk").symlink_to(tmp_path / "outside")
    (corpus / "index").mkdir()
    write_corpus(tmp_path, {"desk/memo.md": "A memo.", "INDEX/a.md": "A.", "leave.md/b.md": "B."})
    added = add_files(
        corpus,
        [tmp_path / "desk", tmp_path / "INDEX", tmp_path / "leave.md"],
        replace=replace,
        index_dir=corpus / "index",
    )
    assert not added.added
    assert len(added.failed) == 3
    assert all("not a folder of documents" in reason for reason in added.failed.values())
    assert not everything(tmp_path / "outside")
    assert not everything(corpus / "index")


def test_a_file_is_not_written_through_a_link_of_its_name(corpus, desk, tmp_path):
    (tmp_path / "target.txt").write_text("mine")
    (corpus / "plan.txt").symlink_to(tmp_path / "target.txt")
    assert add_files(corpus, [desk / "plan.txt"]).failed == {str(desk / "plan.txt"): TAKEN}
    assert add_files(corpus, [desk / "plan.txt"], replace=True).replaced == ("plan.txt",)
    assert (tmp_path / "target.txt").read_text() == "mine"

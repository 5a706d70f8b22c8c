"""People's own documents in the terminal: added, indexed, asked about, checked and removed."""

import json
import shutil

import pytest
from conftest import ROOT
from web_servers import Server, running

from cydqa.library import addresses

FILES = ROOT / "tests" / "files"


@pytest.fixture
def outbox(tmp_path):
    """A folder of somebody's, outside of the corpus."""
    folder = tmp_path / "outbox"
    (folder / "deep").mkdir(parents=True)
    shutil.copy(FILES / "lighthouse.pdf", folder)
    shutil.copy(FILES / "policy-libreoffice.docx", folder / "deep" / "policy.docx")
    (folder / "photo.jpeg").write_bytes(b"\xff\xd8")
    return folder


ASKED = {
    "brief-libreoffice.docx": ("How many norms did the group of experts agree on?", "eleven norms", ("Background",)),
    "handbook-libreoffice.epub": ("When is the programme reviewed?", "eighteen months", ("Review",)),
    "handbook-libreoffice.html": ("How long does a needs assessment take?", "six weeks", ("Planning",)),
    "handbook-libreoffice.xhtml": ("What do partners sign?", "memorandum", ("Planning", "Partners")),
    "lighthouse.pdf": ("What is the high water in February?", "3.4 metres", ("Tide tables",)),
    "policy-libreoffice.docx": ("How many hospitals did ransomware close?", "two hospitals", ("1. Risks",)),
    "talk-libreoffice.pptx": ("How many cables reach the islands?", "One cable", ("Cables",)),
}


def test_documents_of_every_format_are_added_and_answer(run):
    status, out, _ = run("add", str(FILES))
    assert status == 0
    assert "added    files/lighthouse.pdf" in out
    assert "Run `cydqa index`" in out
    run("index")
    pages = {}
    for name, (question, held, section) in ASKED.items():
        answer = json.loads(run("ask", question, "--document", f"files/{name}", "--json")[1])
        assert not answer["declined"], name
        cited = next(citation for citation in answer["citations"] if held in citation["quote"])
        assert tuple(cited["section"]) == section
        assert not cited["stale"]
        pages[name] = cited["page"]
    assert {name: page for name, page in pages.items() if page} == {"lighthouse.pdf": 2, "talk-libreoffice.pptx": 2}
    assert "files/lighthouse.pdf, page 2, characters" in run("ask", ASKED["lighthouse.pdf"][0])[1]


def test_folders_keep_their_shape_and_what_is_no_document_is_named(run, outbox, corpus):
    status, out, _ = run("add", str(outbox))
    assert status == 0
    assert (corpus / "outbox" / "deep" / "policy.docx").is_file()
    assert f"skipped  {outbox}/photo.jpeg: unknown type .jpeg" in out
    assert run("add", str(outbox / "lighthouse.pdf"))[1].startswith("same     ")
    assert "outbox/deep/policy.docx" in run("status")[1]


def test_many_pictures_do_not_hide_what_was_added(run, outbox):
    for number in range(50):
        (outbox / f"{number}.png").write_bytes(b"x")
    out = run("add", str(outbox))[1]
    assert (out.count("skipped"), "skipped  31 more; --json names them all" in out) == (21, True)
    assert len(json.loads(run("add", str(outbox), "--json")[1])["skipped"]) == 51


def test_nothing_is_overwritten_unless_it_is_asked_for(run, outbox, corpus):
    (outbox / "leave.md").write_text("Leave is abolished.")
    status, out, _ = run("add", str(outbox / "leave.md"))
    assert status == 1
    assert "failed" in out
    assert "--replace" in out
    assert "thirty days" in (corpus / "leave.md").read_text()
    status, out, _ = run("add", "--replace", str(outbox / "leave.md"))
    assert (status, "replaced leave.md" in out) == (0, True)
    assert (corpus / "leave.md").read_text() == "Leave is abolished."


def test_one_bad_source_costs_itself_alone(run, outbox):
    status, out, _ = run(
        "add", "nowhere.pdf", "http://169.254.169.254/latest", str(outbox / "lighthouse.pdf"), "--json"
    )
    added = json.loads(out)
    assert status == 1
    assert added["added"] == ["lighthouse.pdf"]
    assert added["failed"].keys() == {"nowhere.pdf", "http://169.254.169.254/latest"}


@pytest.mark.parametrize(("source", "reason"), [("", "it is empty"), ("~nobody-here/x.txt", "the home of a user")])
def test_a_name_that_names_nothing_adds_nothing(run, tmp_path, source, reason):
    (tmp_path / "stray.md").write_text("Not meant.")
    status, out, _ = run("add", source)
    assert (status, reason in out, "added" in out) == (1, True, False)


def test_a_page_of_the_web_is_cited_with_its_address(run, monkeypatch):
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    with running(Server()) as server:
        url = server.serve(
            "/news/treaty.html", b"<title>The treaty</title><p>The treaty entered into force in May.</p>"
        )
        status, out, _ = run("add", url)
    assert (status, "added    treaty.html" in out) == (0, True)
    run("index")
    citation = json.loads(run("ask", "When did the treaty enter into force?", "--json")[1])["citations"][0]
    assert (citation["title"], citation["url"]) == ("The treaty", url)


def test_what_is_removed_no_longer_answers(run, corpus):
    run("index")
    status, out, _ = run("remove", "leave.md")
    assert status == 0
    assert not (corpus / "leave.md").exists()
    assert "removed  leave.md" in out
    assert "Run `cydqa index`" in out
    assert "Saved conversations may still quote it" in out
    assert "removed  leave.md" in run("index")[1]
    assert json.loads(run("ask", "How many days of annual leave?", "--json")[1])["declined"]


def test_removing_what_is_not_there_says_what_is(run, corpus):
    status, out, err = run("remove", "leave.md", "Leaves.md")
    assert (status, out) == (1, "")
    assert "leave.md" in err
    assert (corpus / "leave.md").is_file()


def test_check_finds_nothing_or_says_how_to_mend_it(run, tmp_path):
    run("index")
    status, out, _ = run("check")
    assert (status, out) == (0, "index: everything is as it should be.\n")
    (tmp_path / "index" / "staging").mkdir()
    status, out, _ = run("check")
    assert status == 1
    assert "wrong    " in out
    assert "cydqa index" in out
    (finding,) = json.loads(run("check", "--json")[1])
    assert finding.keys() == {"what", "remedy"}


def test_progress_comes_as_lines_of_json(run):
    status, out, err = run("index", "--progress", "json", "--json")
    steps = [json.loads(line) for line in err.splitlines()]
    assert status == 0
    assert json.loads(out)["added"] == ["laptops.md", "leave.md", "notes/invoices.txt"]
    assert all(step.keys() == {"stage", "done", "total", "documents", "passages", "seconds_left"} for step in steps)
    assert [steps[0]["stage"], steps[-1]["stage"]] == ["preparing the encoder", "publishing the index"]
    assert (steps[-1]["documents"], steps[-1]["passages"]) == (3, 5)
    assert run("index", "--rebuild", "--progress", "none")[2] == ""

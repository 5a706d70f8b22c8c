"""The command line, as people and programs use it: output, JSON and exit statuses."""

import json
import re

import pytest
from conftest import write_corpus
from filelock import FileLock

LEAVE = "How many days of annual leave does every employee have?"


def test_index_then_ask(run):
    status, out, err = run("index")
    assert (status, err) == (0, "")
    assert "3 documents, 5 passages" in out
    status, out, _ = run("ask", LEAVE)
    assert status == 0
    assert out.startswith("“Every employee has thirty days of annual leave.")
    assert "[1] Annual leave" in out
    assert "leave.md, characters" in out
    assert "https://example.org/leave" in out


def test_ask_prints_one_answer_as_json(run):
    run("index")
    status, out, err = run("ask", "--json", LEAVE)
    answer = json.loads(out)
    assert (status, err) == (0, "")
    assert answer.keys() == {
        *("question", "read_as", "declined", "confidence", "mode", "generation", "answer", "parts", "citations"),
        *("nearest", "took_ms", "disagreements", "explanation"),
    }
    assert answer["citations"][0].keys() == {
        *("number", "document_id", "title", "url", "publisher", "published", "section", "page", "start", "end"),
        *("quote", "passage_start", "passage_end", "passage", "score", "stale"),
    }
    assert answer["parts"][0] == {"text": answer["citations"][0]["quote"], "citation": 1}


def test_a_declined_answer_is_done(run):
    run("index")
    status, out, _ = run("ask", "Which bird builds its nest in Patagonia?")
    assert status == 0
    assert "do not seem to answer" in out
    assert "Nearest passages" in out
    assert "A laptop is replaced" in out or "Invoices are paid" in out or "Every employee" in out


def test_search_lists_passages(run):
    run("index")
    status, out, _ = run("search", "invoices", "-k", "2", "--json")
    hits = json.loads(out)
    assert status == 0
    assert [hit["rank"] for hit in hits] == [1, 2]
    assert hits[0].keys() == {
        *(
            "rank",
            "score",
            "dense_rank",
            "lexical_rank",
            "document_id",
            "title",
            "section",
            "page",
            "start",
            "end",
            "text",
        )
    }
    assert "Invoices are paid" in run("search", "invoices", "--document", "notes/invoices.txt")[1]


def test_quotes_that_give_different_numbers_are_named_with_their_dates(run, corpus):
    write_corpus(
        corpus,
        {
            "pact.md": "---\npublished: 2019-03-01\n---\nThe Reef Pact has the support of 74 countries.\n",
            "news.md": "---\npublished: 2021-11-12\n---\nThe Reef Pact has the support of 80 states by now.\n",
        },
    )
    run("index")
    out = run("ask", "How many countries support the Reef Pact?")[1]
    differ = next(line for line in out.splitlines() if line.startswith("The quotes differ: "))
    assert "74 countries [" in differ
    assert "(2019-03-01)" in differ
    assert "80 states [" in differ
    assert "(2021-11-12)" in differ


def test_explain_says_what_the_answer_rests_on(run):
    run("index")
    status, out, _ = run("ask", LEAVE, "--explain")
    for told in ("leav ", "asks for: how many", "dense 1, lexical 1", "coverage +", ", quoted: “", "threshold 0.26"):
        assert told in out
    assert (status, out.count("threshold")) == (0, 1)


def test_status_says_what_a_build_would_do(run, corpus):
    assert "not built" in run("status")[1]
    run("index")
    (corpus / "new.txt").write_text("New.")
    (corpus / "leave.md").unlink()
    status, out, _ = run("status", "--json")
    state = json.loads(out)
    assert status == 0
    assert (state["added"], state["removed"], state["needs_build"]) == (["new.txt"], ["leave.md"], True)
    assert "Run `cydqa index`" in run("status")[1]


def test_status_minds_the_settings_and_remembers_what_failed(run, corpus, monkeypatch):
    (corpus / "empty.md").write_text("")
    run("index")
    state = json.loads(run("status", "--json")[1])
    assert (state["failed"].keys(), state["added"], state["needs_build"]) == ({"empty.md"}, [], False)
    monkeypatch.setenv("CYDQA_CHUNK_TOKENS", "64")
    assert json.loads(run("status", "--json")[1])["needs_build"]
    assert "other settings" in run("status")[1]
    run("index")
    assert not json.loads(run("status", "--json")[1])["needs_build"]
    (corpus / "empty.md").write_text("Now it holds something.")
    assert json.loads(run("status", "--json")[1])["added"] == ["empty.md"]
    (corpus / "empty.md").unlink()
    assert json.loads(run("status", "--json")[1])["removed"] == ["empty.md"]


def test_a_document_s_text_is_printed_as_it_is_but_can_not_command_the_terminal(run, corpus):
    text = "The stock exchange :smile: [bold]opens[/] a\\[b at nine\x1b]0;owned\x07 and\tcloses \u202eat five."
    (corpus / "odd.txt").write_text(text)
    run("index")
    out = run("ask", "When does the stock exchange open?")[1]
    assert (
        "The stock exchange :smile: [bold]opens[/] a\\[b at nine\\x1b]0;owned\\x07 and\tcloses \\u202eat five." in out
    )
    assert "\x1b" not in out
    assert json.loads(run("ask", "--json", "When does the stock exchange open?")[1])["citations"][0]["quote"] == text


def test_failed_files_are_reported_and_the_build_is_done(run, corpus):
    (corpus / "broken.txt").write_bytes(b"\0\xff")
    status, out, _ = run("index")
    assert status == 0
    assert "failed   broken.txt: it is not valid UTF-8 at byte 1. Save the file as UTF-8" in out
    assert json.loads(run("index", "--json")[1])["failed"].keys() == {"broken.txt"}


@pytest.mark.parametrize(
    ("arguments", "message", "advice"),
    [
        (["ask", "x", "--index", "nowhere"], "There is no index in nowhere", "Run `cydqa index`"),
        (["index", "--corpus", "[nowhere]"], "There is no corpus folder [nowhere]", "pass --corpus"),
        (["ask", ""], "The question is empty", "Type a question"),
        (["ask", "x", "--document", "y"], "There is no document y", "cydqa status"),
    ],
)
def test_errors_are_two_lines_on_stderr(run, arguments, message, advice):
    run("index")
    status, out, err = run(*arguments)
    assert (status, out) == (1, "")
    assert message in err
    assert advice in err
    assert "Traceback" not in err


def test_a_wrong_setting_and_a_busy_index_are_errors_too(run, tmp_path, monkeypatch):
    run("index")
    with FileLock(tmp_path / "index" / "build.lock"):
        status, _, err = run("index")
    assert status == 1
    assert "Another build" in err
    monkeypatch.setenv("CYDQA_HTIS", "3")
    assert run("status")[0] == 1


@pytest.mark.parametrize("arguments", [["ask"], ["search", "x", "-k", "0"], ["nonsense"], ["index", "--nonsense"]])
def test_wrong_usage_has_its_own_status(run, arguments):
    assert run(*arguments)[0] == 2


def test_an_interrupt_has_its_own_status(run, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("cydqa.index.build.build_index", interrupt)
    assert run("index")[0] == 130


def test_help_names_the_defaults(run):
    assert "[default: corpus]" in run("index", "--help")[1]


def test_the_version_is_printed(run):
    assert run("--version")[1].startswith("cydqa 0.")


JUDGED = {
    "id": "leave",
    "question": LEAVE,
    "history": [],
    "kind": "plain",
    "answers": [
        {
            "document": "leave.md",
            "section": [],
            "quote": "Every employee has thirty days of annual leave.",
        }
    ],
}


def test_eval_measures_the_answers_to_judged_questions(run, tmp_path):
    run("index")
    (tmp_path / "judged.jsonl").write_text(json.dumps(JUDGED))
    status, out, err = run("eval", "judged.jsonl", "--report", "report.md")
    assert (status, err) == (0, "")
    assert re.search(r"\| – plain +\| +1 \| +0 % \| +100 % \|", out)
    assert "Declined, although the corpus has an answer: 0" in out
    assert out.splitlines()[0] in (tmp_path / "report.md").read_text()
    assert (tmp_path / "report.md.svg").is_file()


def test_eval_prints_json(run, tmp_path):
    run("index")
    (tmp_path / "judged.jsonl").write_text(json.dumps(JUDGED))
    measured = json.loads(run("eval", "judged.jsonl", "--json")[1])
    assert measured["kinds"]["plain"]["R@1"] == {"value": 1.0, "low": None, "high": None, "questions": 1}
    outcome = measured["outcomes"][0]
    assert (outcome["id"], outcome["right"], outcome["rank"]) == ("leave", True, 1)
    assert outcome["returned"][0]["quote"].startswith("Every employee")


def test_eval_says_what_is_wrong_with_the_questions(run, tmp_path):
    run("index")
    assert "tests/eval/questions.jsonl can't be read" in run("eval")[2]
    (tmp_path / "judged.jsonl").write_text(json.dumps({**JUDGED, "split": "dev"}))
    status, _, err = run("eval", "judged.jsonl", "--split", "test")
    assert (status, "no question of the split test" in err) == (1, True)
    assert run("eval", "judged.jsonl", "--split", "dev")[0] == 0
    assert run("eval", "judged.jsonl", "--split", "other")[0] == 2
    (tmp_path / "report").write_text("")
    status, out, err = run("eval", "judged.jsonl", "--report", "report/here.md")
    assert (status, "The report can't be written" in err, "– plain" in out) == (1, True, True)

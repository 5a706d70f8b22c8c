"""Judged questions and the measures of what became of them."""

import json
import math
import re
from xml.etree import ElementTree

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from cydqa.errors import CydqaError
from cydqa.evaluation.diagram import reliability_diagram
from cydqa.evaluation.measures import calibration_error, mean, ranking_measures, reliability
from cydqa.evaluation.questions import read_questions
from cydqa.evaluation.report import misses, summary, write
from cydqa.evaluation.run import evaluate

FORMS = "Apply for leave in the calendar two weeks ahead."
DAYS = "Every employee has thirty days of annual leave."
JUDGED = [
    {
        "id": "days",
        "question": "How many days of annual leave has every employee?",
        "kind": "plain",
        "answers": [{"document": "leave.md", "section": [], "quote": DAYS}],
    },
    {
        "id": "elsewhere",  # judged by a sentence that no question of these words will bring
        "question": "When are invoices paid?",
        "kind": "plain",
        "answers": [{"document": "laptops.md", "section": ["Travel"], "quote": "Laptops may travel abroad"}],
    },
    {
        "id": "lost",
        "question": "Quand prendre congé du calendar?",
        "kind": "foreign",
        "answers": [{"document": "leave.md", "section": ["Applying"], "quote": FORMS}],
    },
    {"id": "bird", "question": "Which bird builds its nest in Patagonia?", "kind": "far", "answers": []},
    {
        "id": "salary",
        "question": "Who approves the application for leave?",
        "history": ["How do I apply for leave?", "When?"],
        "kind": "near",
        "answers": [],
    },
]


def write_questions(path, judged):
    path.write_text("".join(json.dumps({"history": [], **line}) + "\n" for line in judged))
    return path


@pytest.fixture
def file(tmp_path):
    return write_questions(tmp_path / "judged.jsonl", JUDGED)


@pytest.fixture
def evaluation(assistant, file):
    return evaluate(assistant, read_questions(file))


def test_rankings_are_measured_as_the_literature_says():
    assert set(ranking_measures(["a"], ["a", "b"]).values()) == {1}
    assert set(ranking_measures(["a"], ["x"]).values()) == {0}
    found = ranking_measures(["b", "c"], ["x", "b"])
    assert (found["R@1"], found["R@5"], found["MRR@10"]) == (0, 0.5, 0.5)
    gain = 1 / math.log2(3)
    assert found["nDCG@10"] == pytest.approx(gain / (1 + gain))


def test_ranks_count_to_ten_and_ids_that_sort_otherwise_keep_the_order_of_the_ranking():
    ranked = [f"p{number:02}" for number in reversed(range(12))]
    assert ranking_measures(["p02"], ranked)["R@10"] == 1
    assert ranking_measures(["p02"], ranked)["MRR@10"] == pytest.approx(0.1)
    assert set(ranking_measures(["p01"], ranked).values()) == {0}


def test_the_calibration_error_is_the_mean_gap_of_the_bins():
    confidences = [0.95, 0.95, 0.05, 1.0]
    right = [True, False, False, True]
    # One bin of three (mean confidence 0.9667, two thirds right) and one of one (0.05, none right).
    assert calibration_error(confidences, right).value == pytest.approx((3 * (0.96667 - 2 / 3) + 0.05) / 4, abs=1e-4)
    bins = reliability(confidences, right)
    assert [bin_.questions for bin_ in bins] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 3]
    assert bins[9].right == pytest.approx(2 / 3)
    assert bins[5].right is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_no_question_falls_out_of_the_bins(sample):
    confidences, right = zip(*sample, strict=True)
    assert sum(bin_.questions for bin_ in reliability(confidences, right)) == len(sample)
    assert 0 <= calibration_error(confidences, right).value <= 1


def test_an_interval_covers_its_mean_shrinks_with_more_questions_and_is_the_same_again():
    few, many = mean([0, 1] * 5), mean([0, 1] * 100)
    assert few.low < few.value == 0.5 < few.high
    assert 0.1 <= few.low <= 0.2  # 0.5 - 1.96 * sqrt(0.25 / 10) = 0.19, in steps of a tenth
    assert few.low < many.low
    assert many.high < few.high
    assert mean([0, 1] * 5) == few
    assert mean([1.0]).low is None


def test_every_question_is_measured_by_its_kind(evaluation):
    assert evaluation.kinds.keys() == {"plain", "foreign", "far", "near"}
    assert evaluation.totals["all"]["right"].questions == 5
    assert evaluation.totals["all"]["right"].value == pytest.approx(2 / 5)
    assert evaluation.kinds["plain"]["quoted"].value == 0.5
    assert evaluation.kinds["plain"]["R@1"].value == 0.5
    assert evaluation.kinds["foreign"]["declined"].value == 1
    assert evaluation.kinds["far"]["declined"].value == 1
    assert evaluation.kinds["near"]["declined"].value == 0
    assert "R@1" not in evaluation.kinds["far"]
    assert "quoted" not in evaluation.totals["unanswerable"]
    assert sum(bin_.questions for bin_ in evaluation.reliability) == 5


def test_a_declined_question_says_whether_its_quotes_would_have_held_the_answer(evaluation):
    lost = next(outcome for outcome in evaluation.outcomes if outcome.question.id == "lost")
    assert lost.declined
    assert lost.held
    assert lost.rank == 1
    assert not lost.right


def test_follow_ups_are_asked_after_the_questions_before_them(assistant, file, monkeypatch):
    asked = []
    ask = assistant.ask

    def listen(question, *, history=(), **options):
        asked.append((question, [answer.question for answer in history]))
        return ask(question, history=history, **options)

    monkeypatch.setattr(assistant, "ask", listen)
    evaluate(assistant, [question for question in read_questions(file) if question.id == "salary"])
    assert asked[:3] == [
        ("How do I apply for leave?", []),
        ("When?", ["How do I apply for leave?"]),
        ("Who approves the application for leave?", ["How do I apply for leave?", "When?"]),
    ]


def test_the_misses_say_what_was_wanted_and_what_came_instead(evaluation):
    text = misses(evaluation)
    assert "Answered, although the corpus has no answer: 1" in text
    assert "How do I apply for leave? / When? / Who approves the application for leave?" in text
    assert "The head of unit approves the application.”" in text
    assert "Answered with other quotes than the judged ones: 1 (passage that answers ranked first: 0, lower: 1" in text
    assert "judged    laptops.md › Travel: “Laptops may travel abroad”" in text
    assert "quoted    notes/invoices.txt" in text
    assert "Declined, although the corpus has an answer: 1" in text
    assert "ranked 1, and the quotes would have held it" in text
    assert "(days, plain" not in text


def test_the_tables_name_every_kind(evaluation):
    text = summary(evaluation)
    for name in ("all", "answerable", "unanswerable", "– plain", "– foreign", "– far", "– near"):
        assert f"| {name} " in text
    assert re.search(r"\| – plain +\| +2 \| +0 % \(0–0\) \| +50 % \(0–100\) \|", text)


def test_the_report_is_markdown_with_a_diagram_and_nothing_in_it_acts(assistant, tmp_path):
    hostile = {
        "id": "hostile",
        "question": "```\n<script>alert(1)</script> ![x](https://example.org/x.png) leave days",
        "kind": "plain",
        "answers": [{"document": "leave.md", "section": ["Applying"], "quote": FORMS}],
    }
    file = write_questions(tmp_path / "hostile.jsonl", [hostile])
    write(evaluate(assistant, read_questions(file)), tmp_path / "new" / "my report.md", "Answers")
    report = (tmp_path / "new" / "my report.md").read_text()
    assert report.startswith("# Answers\n")
    assert "](my%20report.md.svg)" in report
    assert "<script>" in report.split("\n````text\n")[1].split("\n````\n")[0]
    assert report.count("<script>") == 1
    image = ElementTree.parse(tmp_path / "new" / "my report.md.svg").getroot()  # noqa: S314
    assert image.tag.endswith("svg")


def test_the_diagram_has_a_bar_for_each_bin_with_questions(evaluation):
    bars = [bin_ for bin_ in evaluation.reliability if bin_.questions]
    assert reliability_diagram(evaluation.reliability).count("<circle") == len(bars)


def test_a_question_keeps_its_split_or_gets_one_by_hash(tmp_path):
    lines = [{"id": f"q{i}", "question": "?", "kind": "x", "answers": []} for i in range(200)]
    lines[0]["split"], lines[1]["split"] = "dev", "test"
    file = write_questions(tmp_path / "many.jsonl", lines)
    dev, test = read_questions(file, "dev"), read_questions(file, "test")
    assert {"q0"} <= {question.id for question in dev}
    assert {"q1"} <= {question.id for question in test}
    assert len(dev) + len(test) == 200
    assert 45 < len(dev) < 90
    assert [q.id for q in read_questions(write_questions(file, lines[::-1]), "dev")] == [q.id for q in dev][::-1]


def test_a_question_may_hold_any_character(tmp_path):
    line = {"id": "a", "question": "One\u2028two\x85?", "kind": "x", "answers": []}
    (tmp_path / "odd.jsonl").write_bytes(json.dumps(line, ensure_ascii=False).encode() + b"\r\n")
    assert [question.question for question in read_questions(tmp_path / "odd.jsonl")] == [line["question"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "Line 1 of .*: Invalid JSON"),
        (b'\n{"id": "a", "question": "?", "kind": "x"}', "Line 2 of .*: answers: Field required"),
        (b'{"id": "a", "question": " ", "kind": "x", "answers": []}', "question: String should match"),
        (b'{"id": "a", "question": "?", "kind": "x", "answers": []}\n' * 2, "Line 2 of .* repeats the id a"),
        (b'{"id": "a", "question": "?", "kind": "a|b", "answers": []}', "kind: String should match"),
        (b"\n", "holds no question"),
        (b"\xff", "is not UTF-8"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path, content, message):
    (tmp_path / "wrong.jsonl").write_bytes(content)
    with pytest.raises(CydqaError, match=message):
        read_questions(tmp_path / "wrong.jsonl")


def test_a_quote_that_is_not_where_it_is_judged_to_be_is_named(assistant, tmp_path):
    answers = [
        {"document": "leave.md", "section": ["Applying"], "quote": DAYS},
        {"document": "gone.md", "section": [], "quote": DAYS},
    ]
    lines = [{"id": f"q{i}", "question": "?", "kind": "x", "answers": [a]} for i, a in enumerate(answers)]
    with pytest.raises(CydqaError, match="q0, q1"):
        evaluate(assistant, read_questions(write_questions(tmp_path / "moved.jsonl", lines)))


def test_the_shipped_questions_can_be_read_and_split():
    path = ROOT / "tests/eval/questions.jsonl"
    assert len(read_questions(path, "dev")) + len(read_questions(path, "test")) == len(read_questions(path))


def test_the_judged_words_in_another_document_do_not_count(assistant, tmp_path):
    answers = [{"document": "laptops.md", "section": [], "quote": "s "}]
    file = write_questions(tmp_path / "other.jsonl", [{**JUDGED[0], "answers": answers}])
    outcome = evaluate(assistant, read_questions(file)).outcomes[0]
    assert {citation.document_id for citation in outcome.returned} == {"leave.md"}
    assert any("s " in citation.quote for citation in outcome.returned)
    assert not outcome.held

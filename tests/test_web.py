"""The main content of web pages as people save them, and pages that are hostile."""

import pytest
from web_pages import FILES, PROSE, blocks, page, paragraphs, read

from cydqa.documents import read_document
from cydqa.documents.web import html
from cydqa.errors import DocumentError

NEWS = page(
    '<div id="onetrust"><div class="cookie-banner"><h2>We value your privacy</h2><p>We and our 842 partners store and '
    "access information on a device, such as cookies, for personalised content.</p><button>Accept</button></div></div>"
    '<header><a href="/">The Herald</a><nav><ul><li><a href="/w">World</a></li></ul></nav>'
    "</header><main><article><header><h1>States agree</h1><p>By <a>Jane Doe</a></p></header>"
    '<div class="share-bar"><ul><li><a href="#">Facebook</a></li><li><a href="#">Copy link</a></li></ul></div>'
    f"<figure><img src=a.jpg><figcaption>Delegates in New York.</figcaption></figure>{paragraphs(0, 1)}"
    '<aside class="newsletter-signup"><h3>Sign up</h3><p>Our morning email breaks down the day.</p></aside>'
    f"{paragraphs(2)}<h2>What next</h2>{paragraphs(3)}<blockquote>No state opposed it.</blockquote>{paragraphs(4)}"
    '<section class="related"><h2>Related stories</h2><ul><li><a href="/1">Five things to know of cyber talks</a></li>'
    '</ul></section></article></main><section><h2>Most read</h2><ol><li><a href="/x">Storm hits coast</a></li></ol>'
    "</section><footer><p>© 2025 The Herald. All rights reserved.</p></footer>"
)


def test_an_article_is_read_without_what_surrounds_it(tmp_path):
    document = read(tmp_path, NEWS)
    assert blocks(document) == [
        *("States agree", "By Jane Doe", "Delegates in New York.", *PROSE[:3]),
        *("What next", PROSE[3], "No state opposed it.", PROSE[4]),
    ]
    assert document.title == "States agree"
    assert [section.path for section in document.sections] == [(), ("What next",)]


def test_comments_of_readers_are_left_out(tmp_path):
    comment = (
        '<li class="comment"><cite>Bob</cite> says: <p>I could not agree more with all that you wrote here.</p></li>'
    )
    document = read(
        tmp_path,
        page(
            f'<div id="content"><div class="post category-social tag-comments"><h2>Why</h2>{paragraphs(0, 1)}</div>'
            f'<h3>9 comments</h3><ol class="commentlist">{comment * 9}</ol><div id="respond"><h3>Reply</h3></div>'
        ),
    )
    assert blocks(document) == ["Why", *PROSE[:2]]


def test_an_encyclopedia_keeps_its_tables_and_references_but_not_its_tools(tmp_path):
    document = read(
        tmp_path,
        page(
            '<main><header><h1>Cyber diplomacy</h1></header><div class="mw-parser-output"><table class="infobox"><tr>'
            "<th>Started</th><td>1998</td></tr></table><p><b>Cyber diplomacy</b> is the use of <a>diplomatic</a> tools "
            'in <a>cyberspace</a>.<sup><a href="#n1"><span>[</span>1<span>]</span></a></sup> It grew.</p>'
            '<div><h2>History</h2><span class="mw-editsection">[<a>edit</a>]</span></div>'
            f"{paragraphs(0, 1)}<h3>Since 2015</h3>{paragraphs(2)}<table><caption>Groups</caption>"
            "<tr><th>Year<th>Members"
            "<tr><td>2010<td>15</table><dl><dt>Norm</dt><dd>A standard of behaviour.</dd></dl>"
            '<h2>References</h2><ol class="references"><li><a href="#r1">^</a> Barrinha, A. (2017). <a>"Cyber-'
            'diplomacy"</a>. Global Affairs, 3.</li></ol><div class="navbox"><a>Consular</a> <a>Dollar</a></div></div>'
            '<div id="catlinks"><a>Categories</a>: <a>Diplomacy</a></div></main>'
        ),
    )
    assert blocks(document) == [
        *(
            "Cyber diplomacy",
            "Started | 1998",
            "Cyber diplomacy is the use of diplomatic tools in cyberspace.[1] It grew.",
        ),
        *("History", *PROSE[:2], "Since 2015", PROSE[2], "Groups\nYear | Members\n2010 | 15"),
        *(
            "Norm\nA standard of behaviour.",
            "References",
            '1. Barrinha, A. (2017). "Cyber-diplomacy". Global Affairs, 3.',
        ),
    ]


def test_short_sections_are_kept_and_folded_ones_opened(tmp_path):
    sections = "".join(
        f'<h2><button aria-controls="s{n}">{name}<span class="visually-hidden">, </span></button></h2>'
        f'<div id="s{n}" hidden="until-found"><p>{text}</p></div>'
        for n, (name, text) in enumerate([("Who", "Public bodies."), ("How much", "Up to £500,000."), ("When", "Now.")])
    )
    folded = (
        "<h2>Rules</h2><div style='display: none'><p>" + PROSE[0] + "</p></div><div hidden><p>Never seen.</p></div>"
    )
    document = read(
        tmp_path,
        page(
            "<header><button aria-controls=menu>Menu</button><nav id=menu><a>Benefits</a></nav></header>"
            "<main><h1>Grants</h1>"
            f"{sections}{folded}<details><summary>Exceptions</summary><p>None.</p></details></main>"
        ),
    )
    assert blocks(document) == [
        *("Grants", "Who", "Public bodies.", "How much", "Up to £500,000.", "When", "Now."),
        *("Rules", PROSE[0], "Exceptions", "None."),
    ]


def test_a_page_laid_out_by_tables_is_read_without_its_menu(tmp_path):
    document = read(
        tmp_path,
        "<TABLE><TR><TD><A HREF=a>Home</A><BR><A HREF=b>Treaties</A><TD><B>Treaty</B><P>"
        + f"{PROSE[0]}<BR><BR>{PROSE[1]}<P>{PROSE[2]} {PROSE[3]} {PROSE[4]} {PROSE[0]} {PROSE[1]}"
        + "<TABLE><TR><TD>State<TD>Year<TR><TD>France<TD>1999</TABLE></TABLE>",
    )
    assert blocks(document) == [
        "Treaty",
        PROSE[0],
        PROSE[1],
        " ".join([*PROSE[2:], *PROSE[:2]]),
        "State | Year\nFrance | 1999",
    ]


def test_without_marks_the_main_content_is_found_by_its_share_of_the_page(tmp_path):
    article = "".join(f"<p>{n}. {text}</p>" for n in range(5) for text in PROSE)
    teaser = "<div><h4>A week by the sea</h4><span>Breakfast included, for little money, in June.</span></div>"
    document = read(tmp_path, page(f"<div class=post-content>{article}</div><div>{teaser * 3}</div>"))
    assert blocks(document) == [f"{n}. {text}" for n in range(5) for text in PROSE]
    rooms = "".join(
        f"<div><div>Room {n} holds up to {n + 10} people and may be booked by phone.</div></div>" for n in range(60)
    )
    assert len(blocks(read(tmp_path, page(f"<div>{article}</div><div>{rooms}</div>")))) == 25 + 60


def test_every_block_of_a_manual_is_kept(tmp_path):
    entries = "".join(
        f"<h2>{n}. Part</h2><p>Part {n} is short.</p><pre>run  --part {n}\n  again</pre>"
        f"<ul><li>a{n}<ol type=a><li>b</ol></ul>"
        for n in range(40)
    )
    text = read(tmp_path, page(f"<h1>Manual</h1>{entries}")).text
    for n in range(40):
        assert f"{n}. Part\n\nPart {n} is short.\n\nrun  --part {n}\n  again\n\n• a{n}\na. b\n\n" in text


def test_a_paragraph_that_is_mostly_a_link_is_no_menu(tmp_path):
    pointer = "<p>See <a href=x>the report of the working group on the permanent mechanism</a>.</p>"
    menu = "<ul><li><a href=1>Members</a></li><li><a href=2>Documents</a></li></ul>"
    document = read(tmp_path, page(f"<main><h1>T</h1>{paragraphs(0)}{menu}<h2>More</h2>{pointer}</main>"))
    assert blocks(document)[2:] == ["More", "See the report of the working group on the permanent mechanism."]


def test_words_stay_whole_and_paragraphs_apart(tmp_path):
    document = read(
        tmp_path,
        page(
            "<h1>T</h1><p>un<em>fin</em>ished&nbsp;work,<wbr> co&shy;op, o\ufb03ce, it&#146;s 10<sup>6</sup> x."
            "<sup><a>4</a></sup>"
            "\n  One<br>line.</p><div>Loose<p>inner</p>tail</div><p><q>Said</q> \ue001\u200bso.<!-- no --></p>"
        ),
    )
    assert blocks(document) == [
        *("T", "unfinished work, coop, office, it’s 10⁶ x.[4] One line.", "Loose", "inner", "tail", "“Said” so."),
    ]


def test_headings_lead_to_their_text_in_order(tmp_path):
    document = read(
        tmp_path, page("<h2>A</h2><p>One.</p><h4>B</h4><p>Two.</p><h3>C</h3><p>Three.</p><h2>D</h2><p>Four.</p>")
    )
    assert [(section.path, document.text[section.start : section.end].strip()) for section in document.sections] == [
        *((("A",), "One."), (("A", "B"), "Two."), (("A", "C"), "Three."), (("D",), "Four.")),
    ]


def test_boxes_between_the_paragraphs_of_a_book_are_read_and_the_sidebar_beside_them_is_not(tmp_path):
    box = '<div class="sidebar"><div><p class="title"><b>TIP</b> {}</p></div><div class="para">{}</div></div>'
    first, last = box.format("Hard links", PROSE[2]), box.format("Soft links", PROSE[4])
    chapter = f"<div class=section><h2>Links</h2>{first}<div class=para>{PROSE[0]}</div>{last}{paragraphs(1)}</div>"
    beside = '<div class="sidebar right"><p>Our shop sells mugs and shirts with the logo of the project.</p></div>'
    document = read(tmp_path, page(f"<div>{chapter}</div>{beside}"))
    assert blocks(document) == [
        *("Links", "TIP Hard links", PROSE[2], PROSE[0], "TIP Soft links", PROSE[4], PROSE[1]),
    ]


def test_the_heading_of_a_box_does_not_name_what_follows_the_box(tmp_path):
    note = f'<div class="note"><h3 class="title">Note</h3>{paragraphs(1)}</div>'
    tip = f"<aside role=note><h2>Tip</h2>{paragraphs(2)}</aside>"
    whole = f"<div class=important><h2>Terms</h2>{paragraphs(0)}<h2>Dates</h2>{paragraphs(1)}</div>"
    document = read(
        tmp_path, page(f"<main><h2>Types</h2>{paragraphs(0)}{note}{paragraphs(3)}{tip}{paragraphs(4)}{whole}</main>")
    )
    assert [(section.path, document.text[section.start : section.end].strip()) for section in document.sections] == [
        (("Types",), "\n\n".join([PROSE[0], "Note", PROSE[1], PROSE[3], "Tip", PROSE[2], PROSE[4]])),
        *((("Terms",), PROSE[0]), (("Dates",), PROSE[1])),
    ]


def test_what_stands_beside_the_headline_is_read_unless_it_is_links(tmp_path):
    header = (
        "<div id=header><h1>rebase(1)</h1><ul><li><a href=x>Manual</a><li><a href=y>Search pages</a></ul>"
        "<h2>NAME</h2><div><p>rebase - reapply commits on top of another base tip</p></div></div>"
    )
    text = "".join(f"<p>{n}. {said}</p>" for n in range(5) for said in PROSE)
    document = read(tmp_path, page(f"<p>Visit our shop for mugs.</p>{header}<div>{text}</div>"))
    assert blocks(document)[:4] == [
        *("rebase(1)", "NAME", "rebase - reapply commits on top of another base tip", f"0. {PROSE[0]}"),
    ]


def test_a_line_of_languages_to_choose_from_is_no_text(tmp_path):
    languages = "<p>Available Languages: <a href=de>de</a> | <a href=en>en</a> | <a href=fr>fr</a></p>"
    document = read(
        tmp_path, page(f"<div><h1>T</h1>{languages}{paragraphs(0)}<p>Speakers: Ann | <a href=b>Bob</a></p></div>")
    )
    assert blocks(document) == ["T", PROSE[0], "Speakers: Ann | Bob"]


def test_the_number_of_a_note_stands_in_one_block_with_the_note(tmp_path):
    said = '<p>So it was. <a class="footnote-reference" href="#n1">1</a> And <a class="footnote-reference">2</a>.</p>'
    notes = (
        f'<aside><span>[<a href="#r1">1</a>]</span>{paragraphs(1)}</aside><div><a href="#r1">2</a></div>'
        f'{paragraphs(2)}<p><a href="#r1">↩</a></p><ul><li>1</li></ul><pre>3</pre>'
    )
    document = read(tmp_path, page(f"<main><h1>T</h1>{paragraphs(0)}{said}{notes}</main>"))
    assert blocks(document) == [
        *("T", PROSE[0], "So it was. [1] And [2].", f"1. {PROSE[1]}", f"2. {PROSE[2]}", "• 1", "3"),
    ]


@pytest.mark.parametrize("suffix", ["html", "xhtml"])
def test_a_page_by_an_office_program_is_read(suffix):
    document = read_document(FILES / f"handbook-libreoffice.{suffix}", f"handbook.{suffix}")
    assert document.title == "Handbook of Cyber Capacity"
    assert blocks(document) == [
        *("Planning", "Every programme begins with a needs assessment. It takes about six weeks.", "Partners"),
        *("• Ministries\n• Universities", "Partners sign a memorandum — in writing."),
        *("Phase | Weeks\nAssessment | 6\nTraining | 12", "Review", "The programme is reviewed after eighteen months."),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<div>" * 100_000 + b"x", "more deeply"),
        (b"<html><script>var a = '<p>text</p>';</script></html>", "no text"),
        (b"<!-- nothing -->", "no text"),
        (b"<p>a\0b</p>", "NUL"),
        (b"<p " + b" ".join(b"a%d=1" % n for n in range(20_000)) + b">x</p>", "attributes"),
    ],
)
def test_a_hostile_page_is_refused_with_a_reason(tmp_path, content, reason):
    with pytest.raises(DocumentError, match=reason) as caught:
        read(tmp_path, content)
    assert caught.value.hint


@pytest.mark.parametrize("opening", ["<div>" * 1500, "<ul><li>" * 900, "<blockquote>" * 900, "<b>" * 1500])
def test_a_deeply_nested_page_is_read(tmp_path, opening):
    assert blocks(read(tmp_path, opening + PROSE[0]))[-1].endswith(PROSE[0])


def test_entities_are_not_expanded_and_no_file_is_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words")
    content = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{secret}"><!ENTITY b "lol">]><p>&a; &b; {PROSE[0]}</p>'
    document = read(tmp_path, content, "page.xhtml")
    assert "secret" not in document.text
    assert PROSE[0] in document.text


@pytest.mark.timeout(10)
def test_megabytes_of_embedded_pictures_cost_nothing(tmp_path):
    picture = "<img src='data:image/png;base64," + "A" * 20_000_000 + "'>"
    assert blocks(read(tmp_path, page(paragraphs(0) + picture + paragraphs(1)))) == PROSE[:2]


@pytest.mark.timeout(10)
def test_megabytes_of_white_space_cost_nothing(tmp_path):
    assert blocks(read(tmp_path, page(paragraphs(0) + "<p>" + " \n" * 2_000_000 + "</p>" + paragraphs(1)))) == PROSE[:2]


def test_a_page_gives_the_same_text_whatever_was_read_before():
    first = html.extract(NEWS.encode())
    html.extract(page(paragraphs(4, 0)).encode())
    assert html.extract(NEWS.encode()) == first

"""What is text in a Word document: runs, lists, tables, boxes and notes, written down as Word would."""

import docx
from office_files import blocks, bodies, heading, item, paragraph, read, run, saved, table, word


def test_what_python_docx_does_not_show_is_read_and_what_was_deleted_is_not(tmp_path):
    tracked = paragraph(
        run("States "),
        f"<w:ins>{run('solemnly ')}</w:ins>",
        "<w:del><w:r><w:delText>never </w:delText></w:r></w:del>",
        f"<w:moveFrom>{run('elsewhere ')}</w:moveFrom>",
        f"<w:moveTo>{run('here ')}</w:moveTo>",
        f"<w:hyperlink>{run('agreed')}</w:hyperlink>",
        f"<w:smartTag>{run(' in ')}</w:smartTag>",
        f"<w:sdt><w:sdtPr/><w:sdtContent>{run('Geneva')}</w:sdtContent></w:sdt>",
        f"<w:fldSimple>{run(' (p. 3)')}</w:fldSimple>",
        run(" secretly", "<w:vanish/>"),
        run(".", '<w:vanish w:val="0"/>'),
    )
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph(run('In a control.'))}</w:sdtContent></w:sdt>"
    empty = control.replace("<w:sdtPr/>", "<w:sdtPr><w:showingPlcHdr/></w:sdtPr>").replace("In a control", "Click")
    assert blocks(read(tmp_path, word(tracked, control, empty))) == [
        "States solemnly here agreed in Geneva (p. 3).",
        "In a control.",
    ]


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next(tmp_path):
    deleted = paragraph(run("The states"), properties="<w:rPr><w:del/></w:rPr>")
    initial = paragraph(run("T"), properties='<w:framePr w:dropCap="drop"/>')
    document = read(tmp_path, word(deleted, " agreed.", initial, "here is more.", deleted))
    assert blocks(document) == ["The states agreed.", "There is more.", "The states"]


def field(step):
    return f'<w:r><w:fldChar w:fldCharType="{step}"/></w:r>'


def instruction(text):
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


def test_of_a_field_the_result_is_read_and_not_the_instruction(tmp_path):
    inner = field("begin") + instruction("REF x") + field("separate") + run("hidden") + field("end")
    whole = field("begin") + instruction("IF ") + inner + field("separate") + run("shown") + field("end")
    unclosed = paragraph(run("Unclosed "), field("begin"), run("lost"))
    document = read(tmp_path, word(paragraph(run("It is "), whole, run(".")), unclosed, "Next."))
    assert blocks(document) == ["It is shown.", "Unclosed", "Next."]


def test_characters_come_out_as_they_are_seen(tmp_path):
    odd = paragraph(
        run("o\u00adf\ufb01ce\u200b\u00a0of\u2009"),
        "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t><w:softHyphen/></w:r>",
        '<w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t> 5</w:t><w:sym w:font="Wingdings" w:char="F04A"/></w:r>',
        "<m:oMath><m:r><m:t>=x</m:t></m:r></m:oMath>",
    )
    assert blocks(read(tmp_path, word(odd))) == ["office of a b c-d≥ 5=x"]


def box(*content):
    inside = f"<w:txbxContent>{''.join(content)}</w:txbxContent>"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{inside}</wps:txbx></w:drawing>'
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{inside.replace('box', 'BOX')}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


def test_a_text_box_is_read_once_after_the_paragraph_that_holds_it(tmp_path):
    document = read(
        tmp_path, word(paragraph(run("Before "), box(paragraph(run("In the box."))), run("and after.")), "Next.")
    )
    assert blocks(document) == ["Before and after.", "In the box.", "Next."]


def test_a_heading_in_a_box_opens_no_section(tmp_path):
    document = read(tmp_path, word(heading("Norms", 2), paragraph(box(heading("Key facts", 2))), "Text."))
    assert bodies(document) == [(("Norms",), "Key facts\n\nText.")]


def test_text_is_hidden_by_its_style_too(tmp_path):
    styles = '<w:style w:type="character" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>'
    secret = run("never ", '<w:rStyle w:val="Secret"/>')
    prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('Click here.')}</w:sdtContent></w:sdt>"
    document = read(tmp_path, word(paragraph(run("States "), secret, run("agree. "), prompt), styles=styles))
    assert blocks(document) == ["States agree."]


def level(depth, form, text, more=""):
    said = f'<w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>{more}'
    return f'<w:lvl w:ilvl="{depth}">{said}</w:lvl>'


NUMBERING = (
    f'<w:abstractNum w:abstractNumId="7">{level(0, "decimal", "%1.")}{level(1, "lowerLetter", "(%2)")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="8">{level(0, "bullet", "x")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="9">{level(0, "upperRoman", "Part %1")}'
    f"{level(1, 'decimal', '%1.%2', '<w:isLgl/>')}{level(2, 'none', '')}</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="9"/></w:num>'
    '<w:num w:numId="4"><w:abstractNumId w:val="7"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
)


BY_STYLE = '<w:pStyle w:val="Clause"/>'


def test_list_items_have_the_numbers_that_word_shows(tmp_path):
    document = read(
        tmp_path,
        word(
            *(item("one"), item("two"), item("a", level=1), item("b", level=1), item("three"), item("a", level=1)),
            *("Between.", item("four"), item("five", 4), item("six", 4), "Bullets.", item("x", 2), item("y", 2)),
            *(item("First", 3), item("of it", 3, 1), item("second", 3, 1), item("plain", 3, 2), item("no list", 0)),
            numbering=NUMBERING,
        ),
    )
    assert blocks(document) == [
        *("1. one\n2. two", "(a) a", "(b) b", "3. three", "(a) a", "Between.", "4. four\n5. five\n6. six", "Bullets."),
        *("• x\n• y", "Part I First", "1.1 of it", "1.2 second", "plain", "no list"),
    ]


def test_lists_of_python_docx_get_their_labels_from_their_style(tmp_path):
    paper = docx.Document()
    for style in ("List Bullet", "List Number"):
        for text in ("one", "two"):
            paper.add_paragraph(text, style=style)
        paper.add_paragraph("Between.")
    assert blocks(read(tmp_path, saved(paper))) == ["• one\n• two", "Between.", "1. one\n2. two", "Between."]


def test_lists_are_found_through_styles_and_levels_replaced_by_a_list(tmp_path):
    numbering = (
        '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="Articles"/></w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="2">{level(0, "decimal", "Article %1")}'
        f"{level(1, 'decimal', '%1.%2', BY_STYLE)}</w:abstractNum>"
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="2"/>'
        f'<w:lvlOverride w:ilvl="0">{level(0, "lowerRoman", "%1)")}</w:lvlOverride></w:num>'
    )
    listed = '<w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
    styles = (
        f'<w:style w:type="numbering" w:styleId="Articles">{listed}'
        f'<w:style w:type="paragraph" w:styleId="Clause">{listed}'
    )
    clause = paragraph(run("clause"), properties='<w:pStyle w:val="Clause"/>')
    document = read(tmp_path, word(item("one"), clause, clause, item("two", 3), numbering=numbering, styles=styles))
    assert blocks(document) == ["Article 1 one", "1.1 clause", "1.2 clause", "ii) two"]


def test_a_numbered_paragraph_stands_by_itself(tmp_path):
    long = "The Group recommends that States consider it. " * 8
    document = read(tmp_path, word(item(long), item(long), numbering=NUMBERING))
    assert blocks(document) == [f"1. {long.strip()}", f"2. {long.strip()}"]


def test_a_number_that_word_puts_before_a_heading_belongs_to_it(tmp_path):
    dotted = heading("Dotted").replace("<w:pStyle", '<w:numPr><w:numId w:val="2"/></w:numPr><w:pStyle', 1)
    numbered = heading("Scope").replace("<w:pStyle", '<w:numPr><w:numId w:val="1"/></w:numPr><w:pStyle', 1)
    document = read(tmp_path, word(numbered, "Text.", numbered, "More.", dotted, "Last.", numbering=NUMBERING))
    assert bodies(document) == [(("1. Scope",), "Text."), (("2. Scope",), "More."), (("Dotted",), "Last.")]


def test_each_cell_of_a_table_is_read_once(tmp_path):
    paper = docx.Document()
    grid = paper.add_table(3, 3)
    for i, cell in enumerate(cell for row in grid.rows for cell in row.cells):
        cell.text = f"c{i}"
    grid.cell(0, 0).merge(grid.cell(0, 1)).text = "wide"
    grid.cell(1, 2).merge(grid.cell(2, 2)).text = "high"
    grid.cell(2, 0).text = "two\nlines"
    grid.cell(1, 1).add_table(1, 2).cell(0, 1).text = "inner"
    assert blocks(read(tmp_path, saved(paper))) == ["wide | c2\nc3 | c4 | inner | high\ntwo lines | c7 | "]


def test_deleted_rows_are_left_out_and_rows_in_content_controls_are_not(tmp_path):
    grid = table(("a", "b"), ("c", "d"), ("e", "f"))
    first, second, third = (f"<w:tr>{row}" for row in grid.removeprefix("<w:tbl>").split("<w:tr>")[1:])
    second = second.replace("<w:tr>", "<w:tr><w:trPr><w:del/></w:trPr>")
    third = f"<w:sdt><w:sdtContent>{third.removesuffix('</w:tbl>')}</w:sdtContent></w:sdt></w:tbl>"
    assert blocks(read(tmp_path, word(f"<w:tbl>{first}{second}{third}"))) == ["a | b\ne | f"]


def test_a_table_that_only_places_text_is_read_as_text(tmp_path):
    cell = paragraph(run("First paragraph.")) + paragraph(run("Second paragraph."))
    assert blocks(read(tmp_path, word(table((cell,))))) == ["First paragraph.", "Second paragraph."]
    column = paragraph(run("A sentence. " * 60))
    assert blocks(read(tmp_path, word(table((column, "Right."))))) == [("A sentence. " * 60).strip(), "Right."]


def test_notes_stand_at_the_end_in_the_order_of_the_text_without_marks_in_it(tmp_path):
    notes = (
        '<w:footnote w:id="-1" w:type="separator"><w:p/></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/><w:t> Ministry,</w:t></w:r></w:p>'
        f"{paragraph(run('2023.'))}</w:footnote>"
        f'<w:footnote w:id="3">{paragraph(run("Never referred to."))}</w:footnote>'
        f'<w:footnote w:id="4">{paragraph(run("Law of 2024."))}</w:footnote>'
    )
    body = paragraph(
        run("Budget"),
        '<w:r><w:footnoteReference w:id="4"/></w:r>',
        run(" and report"),
        '<w:r><w:footnoteReference w:id="2"/></w:r>',
        run("."),
    )
    document = read(tmp_path, word(heading("A"), body, heading("B"), "Last.", footnotes=notes))
    assert bodies(document) == [
        (("A",), "Budget and report."),
        (("B",), "Last."),
        (("Notes",), "Law of 2024.\n\nMinistry, 2023."),
    ]


def test_a_table_of_contents_is_left_out(tmp_path):
    gallery = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{paragraph(run('Risks 1'))}</w:sdtContent></w:sdt>"
    )
    styled = paragraph(run("Energy 2"), properties='<w:pStyle w:val="TOC2"/>')
    plain = paragraph(run("Costs"), field("begin"), instruction(" PAGEREF _Toc12 \\h"), field("end"))
    styles = '<w:style w:type="paragraph" w:styleId="TOC2"><w:name w:val="toc 2"/></w:style>'
    assert blocks(read(tmp_path, word(gallery, styled, plain, "Text.", styles=styles))) == ["Text."]

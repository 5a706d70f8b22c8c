"""What is fetched and stored, and servers that misbehave; none of them is outside this machine."""

import datetime
import gzip
import io
import socket
import time
import zipfile
import zlib

import pytest
from web_servers import PAGE, Server, drip, running

from cydqa import __version__
from cydqa.documents.front_matter import add_sidecar
from cydqa.errors import DocumentError
from cydqa.library import addresses, fetching, list_corpus
from cydqa.library.fetching import add_url, fetch
from cydqa.types import Metadata


@pytest.fixture
def allow_this_machine(monkeypatch):
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")


@pytest.fixture
def server(allow_this_machine):
    with running(Server()) as server:
        yield server


def today():
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def test_pages_of_one_name_from_two_places_do_not_stand_in_each_others_way(corpus, server):
    first, second = server.serve("/a/report.html"), server.serve("/b/report.html", b"<p>Another report.</p>")
    assert add_url(corpus, first).added == ("report.html",)
    assert add_url(corpus, second, replace=True).added == ("127.0.0.1-report.html",)
    assert (corpus / "report.html").read_bytes() == PAGE
    server.serve("/a/report.html", b"<p>The first one, revised.</p>")
    assert add_url(corpus, first, replace=True).replaced == ("report.html",)


def test_a_page_is_stored_with_where_it_is_from_and_when(corpus, server):
    url = server.serve("/news/norms.html")
    assert add_url(corpus, url + "#part").added == ("norms.html",)
    assert (corpus / "norms.html").read_bytes() == PAGE
    said = add_sidecar(Metadata(), (corpus / "norms.html.yaml").read_bytes())
    assert said == (None, Metadata(url=url, accessed=today()))
    ((path, headers),) = server.seen
    assert path == "/news/norms.html"
    assert headers["User-Agent"] == f"cydqa/{__version__}"
    assert headers["Accept-Encoding"] == "identity"
    assert headers["Host"] == f"127.0.0.1:{server.server_port}"
    assert not {"Cookie", "Authorization", "Referer"} & headers.keys()


def packed(folder, mimetype=None):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        archive.writestr(f"{folder}/x.xml", "x")
    return content.getvalue()


DOCX = packed("word")
EPUB = packed("OPS", "application/epub+zip")
STREAM = "application/octet-stream"


@pytest.mark.parametrize(
    ("path", "media_type", "body", "name"),
    [
        ("/a/Report%20of%202024.pdf", "application/pdf", b"%PDF-1.7", "Report of 2024.pdf"),
        ("/2401.01234", "application/pdf", b"%PDF-1.7", "2401.01234.pdf"),
        ("/download.php?id=3", STREAM, b"%PDF-1.7", "download.php.pdf"),
        ("/paper.html", "text/html", b"%PDF-1.7", "paper.pdf"),
        ("/file", STREAM, DOCX, "file.docx"),
        ("/book.epub", "application/epub+zip", EPUB, "book.epub"),
        ("/README.md", "text/plain; charset=utf-8", b"# Read", "README.md"),
        ("/notes", "text/markdown", b"# Read", "notes.md"),
        ("/notes.TXT", "text/plain", b"Notes", "notes.txt"),
        ("/page.htm", STREAM, PAGE, "page.html"),
        ("/cyber/index.html", "text/html", PAGE, "cyber.html"),
        ("/cyber/", "TEXT/HTML;charset=UTF-8", PAGE, "cyber.html"),
        ("/", "application/xhtml+xml", PAGE, "127.0.0.1.html"),
        ("/..%2F..%2Fetc%2Fcron.md", "text/markdown", b"x", "cron.md"),
        ("/CON.html", "text/html", PAGE, "_CON.html"),
    ],
)
def test_a_file_is_named_after_its_address_and_its_type(corpus, server, path, media_type, body, name):
    server.serve(path, body, Content_Type=media_type)
    assert add_url(corpus, server.url(path)).added == (name,)


@pytest.mark.parametrize(
    ("media_type", "body", "reason"),
    [
        ("image/png", b"\x89PNG\r\n", "a picture"),
        ("text/html", b"\x89PNG\r\n", "a picture"),
        ("application/json", b"{}", "application/json"),
        ("text/javascript", b"x()", "text/javascript"),
        (STREAM, b"x", STREAM),
        (None, b"x", "of no type that its server names"),
        ("application/zip", b"PK\x03\x04", "ZIP archive"),
        ("application/pdf", PAGE, "text, perhaps a page that asks for a login"),
        ("text/html", b" \n", "empty"),
    ],
)
def test_what_is_no_document_is_refused(corpus, server, media_type, body, reason):
    url = server.serve("/x", body, Content_Type=media_type)
    before = sorted(corpus.rglob("*"))
    failed = add_url(corpus, url).failed
    assert reason in failed[url]
    assert sorted(corpus.rglob("*")) == before


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("windows-1251", "Привет".encode("windows-1251"), "Привет"),
        ("iso-8859-1", "Größe".encode(), "Größe"),  # a server that is wrong
        ("no-such-code", b"Gr\xf6\xdfe", None),
        ("zlib", b"Gr\xf6\xdfe", None),
    ],
)
def test_characters_are_kept_that_only_the_server_can_explain(server, charset, body, text):
    content = fetch(server.serve("/a.txt", body, Content_Type=f"text/plain; charset={charset}")).content
    assert content == body if text is None else content.decode("utf-8-sig") == text


def test_the_same_page_again_is_a_duplicate_and_a_changed_one_takes_the_place_only_when_asked(corpus, server):
    url = server.serve("/norms.html")
    add_url(corpus, url)
    assert add_url(corpus, url).duplicates == {url: "norms.html"}
    server.serve("/norms.html", b"<p>New.</p>")
    assert "pass --replace" in add_url(corpus, url).failed[url].lower()
    assert (corpus / "norms.html").read_bytes() == PAGE
    assert add_url(corpus, url, replace=True).replaced == ("norms.html",)
    assert (corpus / "norms.html").read_bytes() == b"<p>New.</p>"
    assert [file.sidecar for file in list_corpus(corpus).files if file.id == "norms.html"] != [None]


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_page_that_comes_packed_all_the_same_is_unpacked(server, encoding):
    body = gzip.compress(PAGE) if encoding == "gzip" else zlib.compress(PAGE)
    assert fetch(server.serve("/a", body, Content_Encoding=encoding)).content == PAGE


def test_nothing_in_the_environment_changes_where_a_connection_goes(server, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("default login me password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert fetch(server.serve("/a")).content == PAGE
    assert "Authorization" not in server.seen[0][1]


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("packed", [True, False])
def test_a_page_that_is_too_large_is_not_read_to_its_end(server, monkeypatch, announced, packed):
    monkeypatch.setattr(fetching, "_MOST_BYTES", 2**20)
    body = b"x" * (2**20 + 1)
    sent = gzip.compress(body) if packed else body
    length = {} if announced else {"Content_Length": None, "Connection": "close"}
    url = server.serve("/a", sent, Content_Encoding="gzip" if packed else None, **length)
    with pytest.raises(DocumentError, match="larger than 1 MiB"):
        fetch(url)


def test_an_announced_size_that_is_too_large_ends_it_at_once(server):
    url = server.serve("/a", b"x", Content_Length=str(2**40))
    with pytest.raises(DocumentError, match="larger than 50 MiB"):
        fetch(url)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_another_packing_is_refused(server, encoding):
    with pytest.raises(DocumentError, match="packs it in a way"):
        fetch(server.serve("/a", gzip.compress(gzip.compress(PAGE)), Content_Encoding=encoding))


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [(PAGE, {"Content_Encoding": "gzip"}, "connection failed"), (b"x", {"Content_Length": "9"}, "connection failed")],
)
def test_a_damaged_answer_is_an_error(server, body, headers, reason):
    url = server.serve("/a", body, Connection="close", **headers)
    with pytest.raises(DocumentError, match=reason):
        fetch(url)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("what", ["head", "body"])
def test_a_server_that_drips_bytes_is_cut_off(server, monkeypatch, what):
    monkeypatch.setattr(fetching, "_SECONDS_IN_ALL", 0.5)
    server.answers["/a"] = drip(what)
    began = time.monotonic()
    with pytest.raises(DocumentError, match="takes longer than"):
        fetch(server.url("/a"))
    assert time.monotonic() - began < 5


@pytest.mark.timeout(20)
def test_a_server_that_does_not_answer_is_given_up(server, monkeypatch):
    monkeypatch.setattr(fetching, "_SECONDS_EACH", 0.3)
    server.answers["/a"] = lambda handler: handler.server.stopped.wait()
    with pytest.raises(DocumentError, match="did not answer within"):
        fetch(server.url("/a"))


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, "404 Not Found. Check the address."),
        (403, "403 Forbidden. Download it in the browser and add the file."),
        (500, "500 Internal Server Error. Try later."),
        (304, "304 Not Modified"),
        (206, "206 Partial Content"),
    ],
)
def test_an_answer_that_is_not_the_page_says_why(corpus, server, status, reason):
    url = server.serve("/a", b"", status)
    assert reason in add_url(corpus, url).failed[url]


def test_no_server_is_said_in_one_line(corpus, allow_this_machine, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        assert "Connection refused" in add_url(corpus, url).failed[url]

    def getaddrinfo(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", getaddrinfo)
    failed = add_url(corpus, "https://nowhere.test/").failed["https://nowhere.test/"]
    assert failed == "it can't be fetched: there is no server nowhere.test, or no network. Check the address."

"""Where a document may be fetched from: no connection to anything but public servers, whatever an address claims."""

import shutil
import socket
import ssl
import subprocess

import pytest
from web_servers import PAGE, PUBLIC, Server, drip, names, running

from cydqa.errors import DocumentError
from cydqa.library import addresses, fetching
from cydqa.library.addresses import is_public
from cydqa.library.fetching import add_url, fetch


@pytest.fixture
def allow_this_machine(monkeypatch):
    real = is_public
    monkeypatch.setattr(addresses, "is_public", lambda address: address in {"127.0.0.1", "127.0.0.3"} or real(address))


@pytest.fixture
def server(allow_this_machine):
    with running(Server()) as server:
        yield server


@pytest.fixture
def no_connection(monkeypatch):
    """Whoever connects is caught; returns where they wanted to go."""
    wanted = []

    def connect(address, *_, **__):
        wanted.append(address)
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr("socket.create_connection", connect)
    return wanted


def redirect(server, path, location, status=302):
    return server.serve(path, b"", status, Location=location, Set_Cookie="a=b")


def test_a_redirect_is_followed_and_its_end_is_what_is_kept(corpus, server):
    url = redirect(server, "/old", "/new/page.html#top", 301)
    server.serve("/new/page.html")
    assert add_url(corpus, url).added == ("page.html",)
    assert server.url("/new/page.html") in (corpus / "page.html.yaml").read_text()
    assert "#top" not in (corpus / "page.html.yaml").read_text()
    assert "Cookie" not in server.seen[1][1]


def test_five_redirects_are_followed_and_not_a_sixth(server):
    for number in range(6):
        redirect(server, f"/{number}", f"/{number + 1}")
    server.serve("/6")
    assert fetch(server.url("/1")).content == PAGE
    server.seen.clear()
    with pytest.raises(DocumentError, match="more than 5 times"):
        fetch(server.url("/0"))
    assert len(server.seen) == 6


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://127.0.0.2/admin", "not a public one"),
        ("http://169.254.169.254/latest/meta-data/", "not a public one"),
        ("//[::1]/", "not a public one"),
        ("http://inside.test/", "not a public one"),
        ("file:///etc/passwd", "no http or https address"),
        ("ftp://example.org/a.txt", "no http or https address"),
        ("http://me:secret@127.0.0.1/", "a user name or a password"),
        ("http://[::1", "not a valid address|connection failed"),
        ("", "more than 5 times"),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(server, monkeypatch, location, reason):
    names(monkeypatch, {"inside.test": ["10.0.0.7"]})
    with pytest.raises(DocumentError, match=reason):
        fetch(redirect(server, "/a", location))
    assert {path for path, _ in server.seen} == {"/a"}


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://localhost./",
        "http://LOCALHOST:8080/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://0.0.0.0/",
        "http://127。0。0。1/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[64:ff9b:1::808:808]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:0:7f00:1::]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://192.0.0.192/",
        "http://168.63.129.16/",
        "http://198.18.0.1/",
        "http://224.0.0.1/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "https://example.org\\@127.0.0.1/",
        "http://127.0.0.1\\@example.org/",
        "http://user@127.0.0.1/",
        "http://user:password@example.org/",
        "http://0.0.0.0:65536/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "javascript:alert(1)",
        "example.org",
        "http://",
        "http:///x",
        "http://.",
        "http://exa mple.org/",
        "http://example.org:port/",
        "http://[::1",
        "http://" + "a" * 64 + ".org/",
        "http://a\0b/",
        "",
    ],
)
def test_a_hostile_address_is_refused_before_anything_is_sent(corpus, no_connection, monkeypatch, url):
    names(monkeypatch, {"localhost": ["127.0.0.1", "::1"]})
    failed = add_url(corpus, url).failed
    assert failed[url].startswith("it can't be fetched: ")
    assert no_connection == []


@pytest.mark.parametrize("bad", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "fd00::1", "::ffff:10.0.0.1"])
@pytest.mark.parametrize("first", [True, False])
def test_one_bad_address_refuses_the_whole_name(no_connection, monkeypatch, bad, first):
    names(monkeypatch, {"mixed.test": [bad, PUBLIC] if first else [PUBLIC, bad]})
    with pytest.raises(DocumentError, match="not a public one"):
        fetch("https://mixed.test/")
    assert no_connection == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_that_changes_its_mind_is_asked_only_once(no_connection, monkeypatch, scheme):
    names(monkeypatch, {"rebind.test": [[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]]})
    with pytest.raises(DocumentError, match="nobody there"):
        fetch(f"{scheme}://rebind.test:8080/")
    assert no_connection == [(PUBLIC, 8080)]


def test_a_connection_that_ends_somewhere_else_is_given_up_before_a_byte_is_sent(monkeypatch):
    real = socket.create_connection
    with running(Server()) as server:
        monkeypatch.setattr("socket.create_connection", lambda _, *rest, **named: real(server.server_address))
        with pytest.raises(DocumentError, match=r"127\.0\.0\.1, is not a public one"):
            fetch(f"http://{PUBLIC}/")
        assert server.seen == []


def test_the_next_address_is_tried_where_one_does_not_answer(server, monkeypatch):
    names(monkeypatch, {"two.test": ["127.0.0.3", "127.0.0.1"]})
    server.serve("/a")
    assert fetch(server.url("/a", host="two.test")).content == PAGE
    assert server.seen[0][1]["Host"] == f"two.test:{server.server_port}"


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "193.0.6.139", "2001:4860:4860::8888", "2a00:1450:4001::1", "64:ff9b::808:808"]
)
def test_public_servers_may_be_asked(address):
    assert is_public(address)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of docs.test that nobody has signed but itself, and its key."""
    if not shutil.which("openssl"):
        pytest.skip("needs the openssl command to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=docs.test -addext subjectAltName=DNS:docs.test"
    )
    subprocess.run(
        [*command.split(), "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def secure_server(certificate, allow_this_machine, monkeypatch):
    names(monkeypatch, {"docs.test": ["127.0.0.1"], "other.test": ["127.0.0.1"]})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    asked = []
    context.sni_callback = lambda _, name, __: asked.append(name)
    with running(Server(lambda plain: context.wrap_socket(plain, server_side=True))) as server:
        server.asked = asked
        yield server


def trust(monkeypatch, certificate):
    context = ssl.create_default_context(cafile=certificate[0])
    monkeypatch.setattr(fetching, "_trust", lambda: context)


def test_a_certificate_that_nobody_vouches_for_is_refused(secure_server):
    with pytest.raises(DocumentError, match="certificate is not valid: self"):
        fetch(secure_server.url("/a", host="docs.test", scheme="https"))
    assert secure_server.seen == []


def test_the_certificate_is_checked_for_the_name_though_the_connection_goes_to_a_number(
    secure_server, certificate, monkeypatch
):
    trust(monkeypatch, certificate)
    secure_server.serve("/a")
    assert fetch(secure_server.url("/a", host="docs.test.", scheme="https")).content == PAGE
    assert secure_server.asked == ["docs.test"]
    assert secure_server.seen[0][1]["Host"] == f"docs.test:{secure_server.server_port}"


@pytest.mark.parametrize("host", ["other.test", "127.0.0.1"])
def test_a_certificate_of_another_name_is_refused(secure_server, certificate, monkeypatch, host):
    trust(monkeypatch, certificate)
    with pytest.raises(DocumentError, match="certificate is not valid"):
        fetch(secure_server.url("/a", host=host, scheme="https"))
    assert secure_server.seen == []


@pytest.mark.timeout(20)
def test_a_secure_server_that_drips_bytes_is_cut_off_too(secure_server, certificate, monkeypatch):
    trust(monkeypatch, certificate)
    monkeypatch.setattr(fetching, "_SECONDS_IN_ALL", 0.7)
    secure_server.answers["/a"] = drip("body")
    with pytest.raises(DocumentError, match="takes longer than"):
        fetch(secure_server.url("/a", host="docs.test", scheme="https"))

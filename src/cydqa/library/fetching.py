"""Documents from the web. The only module that connects to a server the user did not set up.

An address can be a trap: one that leads into the own network, or that never ends. So the name is looked up once, all
its addresses are checked, and the connection goes to one of those; every redirect goes through the same.
"""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cydqa import __version__
from cydqa.documents.files import MOST_SIDECAR_BYTES, read_bytes
from cydqa.documents.front_matter import add_sidecar
from cydqa.errors import DocumentError
from cydqa.library.adding import Added, add_content
from cydqa.library.addresses import require_public, resolve
from cydqa.library.names import safe_name
from cydqa.library.shelf import sidecar_path
from cydqa.library.web_types import name_of, readable, suffix_of
from cydqa.types import Metadata

if TYPE_CHECKING:
    import httpx

_MOST_BYTES = 50 * 2**20
_MOST_REDIRECTS = 5
_SECONDS_EACH = 15.0  # for connecting, and for every wait for something to arrive
_SECONDS_IN_ALL = 60.0
_ENCODINGS = {"", "identity", "gzip", "deflate"}  # one layer, which can't swell more than a thousandfold
_PORTS = {"http": 80, "https": 443}
_OK = 200
_REDIRECTS = {301, 302, 303, 307, 308}
_BY_HAND = "Download it in the browser and add the file."
_ADVICE = {401: _BY_HAND, 403: _BY_HAND, 404: "Check the address.", 410: "Check the address."}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as its server sent it."""

    content: bytes
    name: str  # of the file to store it in
    media_type: str
    url: str  # the last of the redirects
    accessed: str  # ISO 8601 date, UTC


def add_url(corpus_dir: Path, url: str, *, replace: bool = False, index_dir: Path | None = None) -> Added:
    """Fetch a document and store it with a sidecar that says from where and when.

    Raises:
        DocumentError: if there is no corpus folder. What is wrong with the address stands in `failed`.
    """
    try:
        fetched = fetch(url)
    except DocumentError as error:
        return Added(failed={url: f"{error} {error.hint}"})
    return add_content(
        corpus_dir,
        _name(corpus_dir, fetched),
        fetched.content,
        metadata=Metadata(url=fetched.url, accessed=fetched.accessed),
        replace=replace,
        index_dir=index_dir,
        source=url,
    )


def _name(corpus_dir: Path, fetched: Fetched) -> str:
    """The file's name, with the host before it where a document from elsewhere has it: many are called report.pdf."""
    there = corpus_dir / fetched.name
    if not there.exists() or _origin(there) == fetched.url:
        return fetched.name
    return safe_name(f"{urlsplit(fetched.url).hostname}-{fetched.name}")


def _origin(document: Path) -> str | None:
    """Where a document of the corpus was fetched from, if its sidecar says so."""
    try:
        return add_sidecar(Metadata(), read_bytes(sidecar_path(document), MOST_SIDECAR_BYTES))[1].url
    except (OSError, DocumentError):
        return None


def fetch(url: str) -> Fetched:
    """Get a document of a type that cydqa reads from a public server.

    Raises:
        DocumentError: if the address is wrong or not public, or what comes is too slow, too large or of another type.
    """
    address = _parsed(url)
    with _Clock(_SECONDS_IN_ALL) as clock:
        for _ in range(_MOST_REDIRECTS + 1):
            with _answer(address, clock) as response:
                if response.status_code not in _REDIRECTS:
                    return _fetched(response, address, clock)
                location = response.headers.get("location", "")
            address = _parsed(location, seen_from=address)
    raise _failed(f"its server redirects more than {_MOST_REDIRECTS} times")


class _Clock:
    """Ends a connection when the time for everything is over, however busily the other side drips bytes."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> "_Clock":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def check(self) -> None:
        """Raise DocumentError if the time is over."""
        if self.is_over:
            raise _failed(f"it takes longer than {_SECONDS_IN_ALL:.0f} seconds", hint=_BY_HAND)

    def watch(self, event: str, info: dict[str, Any]) -> None:
        """What the HTTP library calls at every step: before a byte is sent, see where the connection really leads."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            stream = info["return_value"]
            try:
                require_public(stream.get_extra_info("server_addr")[0])
                self._socket = stream.get_extra_info("socket")
                self.check()
            except BaseException:
                stream.close()
                raise

    def _end(self) -> None:
        self.is_over = True
        if self._socket is not None:
            with suppress(OSError):  # closed meanwhile
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # of an SSLSocket too: no farewell


def _parsed(text: str, *, seen_from: "httpx.URL | None" = None) -> "httpx.URL":
    import httpx

    try:
        address = seen_from.join(text) if seen_from else httpx.URL(text.strip())
        host = address.raw_host.decode("ascii").rstrip(".")
        if address.scheme not in {"http", "https"} or not host:
            raise _failed("this is no http or https address", hint="An address looks like https://example.org/page.")
        if address.userinfo:
            raise _failed("its address holds a user name or a password", hint="Leave them out.")
        if address.port is not None and not 0 < address.port < 2**16:
            raise _failed(f"there is no port {address.port}")
        return address.copy_with(host=host, fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise _failed("this is not a valid address") from error


@contextmanager
def _answer(address: "httpx.URL", clock: _Clock) -> Iterator["httpx.Response"]:
    import httpx

    host = address.raw_host.decode("ascii")
    places = resolve(host, address.port or _PORTS[address.scheme])
    headers = {"User-Agent": f"cydqa/{__version__}", "Accept-Encoding": "identity"}
    try:
        # A client for each redirect: no cookie goes anywhere. Nothing from the environment: no proxy, no password.
        with (
            httpx.Client(trust_env=False, verify=_trust(), timeout=_SECONDS_EACH, headers=headers) as client,
            closing(_first_answer(client, address, host, places, clock)) as response,
        ):
            yield response
    except httpx.HTTPError as error:
        clock.check()
        raise _network_error(error) from error


def _first_answer(
    client: "httpx.Client", address: "httpx.URL", host: str, places: list[str], clock: _Clock
) -> "httpx.Response":
    """The answer of the first of the checked addresses that takes the connection; names are not looked up again."""
    import httpx

    for place in places:
        clock.check()
        request = client.build_request(
            "GET",
            address.copy_with(host=place),
            headers={"Host": address.netloc.decode("ascii")},
            extensions={"sni_hostname": host, "trace": clock.watch},  # the certificate must be that of the name
        )
        try:
            return client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if place == places[-1] or _certificate_error(error):
                raise
    raise AssertionError("a name has at least one address")


def _trust() -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context(trust_env=False)


def _fetched(response: "httpx.Response", address: "httpx.URL", clock: _Clock) -> Fetched:
    content, media_type = _body(response, clock), response.headers.get("content-type", "").partition(";")[0]
    suffix = suffix_of(content, media_type.strip().lower(), address.path)
    return Fetched(
        content=readable(content, suffix, response.charset_encoding),
        name=name_of(address.host, address.path, suffix),
        media_type=media_type.strip().lower(),
        url=str(address),
        accessed=datetime.now(UTC).date().isoformat(),
    )


def _body(response: "httpx.Response", clock: _Clock) -> bytes:
    status = response.status_code
    if status != _OK:
        raise _failed(
            f"its server answered {status} {response.reason_phrase}".rstrip(), hint=_ADVICE.get(status, "Try later.")
        )
    if response.headers.get("content-encoding", "").strip().lower() not in _ENCODINGS:
        raise _failed("its server packs it in a way that was not asked for", hint=_BY_HAND)
    length = response.headers.get("content-length", "")
    content = bytearray()
    if not (length.isdecimal() and int(length) > _MOST_BYTES):
        for part in response.iter_bytes():
            content += part
            if len(content) > _MOST_BYTES:
                break
        else:
            clock.check()
            return bytes(content)
    raise _failed(f"it is larger than {_MOST_BYTES >> 20} MiB", hint=_BY_HAND)


def _network_error(error: Exception) -> DocumentError:
    import httpx

    if certificate := _certificate_error(error):
        return _failed(f"its server's certificate is not valid: {certificate.verify_message}", hint=_BY_HAND)
    if isinstance(error, httpx.TimeoutException):
        return _failed(f"its server did not answer within {_SECONDS_EACH:.0f} seconds", hint="Try later.")
    return _failed(f"the connection failed: {' '.join(str(error).split())[:200]}", hint="Try later.")


def _certificate_error(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


def _failed(reason: str, *, hint: str = "Check the address.") -> DocumentError:
    return DocumentError(f"it can't be fetched: {reason}.", hint=hint)

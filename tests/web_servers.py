"""Web servers on this machine for tests, and a resolver that knows made-up names. Every server is stopped."""

import http.server
import socket
import threading
from contextlib import contextmanager

PUBLIC = "93.184.216.34"
PAGE = b"<html><body><p>A page about norms.</p></body></html>"
_HTML = {"Content-Type": "text/html; charset=utf-8"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers)))
        answer = self.server.answers.get(self.path, (404, {}, b""))
        if callable(answer):
            answer(self)
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # the client hangs up on purpose

    def __init__(self, wrap=lambda connection: connection):
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen, self.answers, self.stopped = [], {}, threading.Event()
        self.socket = wrap(self.socket)

    def url(self, path="/", host="127.0.0.1", scheme="http"):
        return f"{scheme}://{host}:{self.server_port}{path}"

    def serve(self, path, body=PAGE, status=200, **headers):
        """Answer a path; a header of the value None is left out."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, _HTML | named, body)
        return self.url(path)


@contextmanager
def running(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def names(monkeypatch, table):
    """A resolver that knows only these names; a list of lists is answered one list after the other."""
    real = socket.getaddrinfo

    def getaddrinfo(host, port, *arguments, **named):
        if host not in table:
            return real(host, port, *arguments, flags=socket.AI_NUMERICHOST, **named)
        found = table[host].pop(0) if isinstance(table[host][0], list) else table[host]
        return [entry for address in found for entry in real(address, port, type=socket.SOCK_STREAM)]

    monkeypatch.setattr("socket.getaddrinfo", getaddrinfo)


def drip(what):
    def answer(handler):
        if what == "body":
            handler.send_response(200)
            handler.send_header("Content-Type", "text/html")
            handler.send_header("Connection", "close")
            handler.end_headers()
        else:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while not handler.server.stopped.wait(0.05):
            handler.wfile.write(b"x")

    return answer

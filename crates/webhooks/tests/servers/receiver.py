"""A receiver of webhooks on a free port of 127.0.0.1, which answers as the path says.

    receiver.py SECRETS [CERTIFICATE]

First says its port, then one line of JSON for each request: its path, its headers, and with which
of the secrets (separated by commas) the reference library of Standard Webhooks accepts it.

    /ok             200                        /status/N         the status N
    /redirect/N     the status N, to /ok       /later/SECONDS    429 with Retry-After
    /silent         no answer at all           /drip             a header that never ends, slowly
    /huge           200 and a body without end /huge-header      a header without end
    /large-header/N 200 with N bytes of header
    /reset          ends without an answer     /nonsense         not HTTP
    /stalled        200 and a body that never comes
"""

import json
import socket
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

secrets = sys.argv[1].split(",")
saying = threading.Lock()


def accepts(secret, body, headers):
    try:
        Webhook(secret).verify(body, headers)
        return True
    except WebhookVerificationError:
        return False


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def end(self, status, headers=(), body=b"ok"):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.do_POST()

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:
            return  # the sender died on the way: a server hands on whole requests only
        headers = dict(self.headers)
        with saying:
            print(json.dumps({
                "method": self.command,
                "path": self.path,
                "headers": {name.lower(): value for name, value in headers.items()},
                "body": body.decode(),
                "accepted": [accepts(secret, body, headers) for secret in secrets],
            }), flush=True)
        try:
            self.answer(*self.path.strip("/").split("/"))
        except OSError:
            pass  # the sender had enough
        self.close_connection = True

    def answer(self, how, argument=None):
        if how == "ok":
            self.end(200)
        elif how == "status":
            self.end(int(argument))
        elif how == "redirect":
            self.end(int(argument), [("Location", "/ok")])
        elif how == "later":
            self.end(429, [("Retry-After", argument)])
        elif how == "silent":
            time.sleep(60)
        elif how == "stalled":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            time.sleep(60)
        elif how == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
            for _ in range(600):
                self.wfile.write(b"x")
                time.sleep(0.1)
        elif how == "huge":
            self.send_response(200)
            self.end_headers()
            written = 0
            try:
                while True:
                    written += self.wfile.write(b"x" * 65536)
            except OSError:
                with saying:
                    print(json.dumps({"written": written}), flush=True)
        elif how == "large-header":
            self.end(200, [("X-Large", "x" * int(argument))])
        elif how == "huge-header":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for number in range(100_000):
                self.wfile.write(b"X-%d: %s\r\n" % (number, b"x" * 1000))
        elif how == "nonsense":
            self.wfile.write(b"hello, who is there?\r\n\r\n")
        elif how == "reset":
            self.connection.shutdown(socket.SHUT_RDWR)


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
server.daemon_threads = True
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()

"""A node's local API as far as the client needs it, whose moods a test chooses."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "weft_secret_token_of_the_test"


class FakeNode:
    def __init__(self):
        self.records = []
        self.answer = None
        self.most = 1_000
        self.seen = []
        node = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                self.reply(200, {"member": "hospital-a", "state": "durable"})

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                node.seen.append((self.path, self.headers["Authorization"]))
                if node.answer:
                    status, text, headers = node.answer
                    self.reply(status, text, headers)
                elif len(json.loads(body)) > node.most:
                    self.reply(413, {"reason": "too-large", "message": "send less"})
                else:
                    self.reply(200, {"results": [node.take(record) for record in json.loads(body)]})

            def reply(self, status, body, headers=()):
                text = body.encode() if isinstance(body, str) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        self.handler = Handler
        self.server = None
        self.port = 0
        self.start()

    def start(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), self.handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def take(self, record):
        if record.get("name") == "bad":
            return {"reason": "bad-value", "message": "no"}
        ids = [one["externalId"] for one in self.records]
        known = record["externalId"] in ids
        if not known:
            self.records.append(record)
        number = ids.index(record["externalId"]) if known else len(ids)
        return {"record": number, "duplicate": known, "statements": [], "waiting": False}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

"""The one client of a node's local HTTP API.

By default it *fails open*: training never waits for a node that is away and never ends because of it. What cannot be told is
put into a spool and told later, in order. With ``required=True`` (or ``WEFT_REQUIRED=1``) it *fails closed*: what cannot be
recorded is an error. It calls only the address that it was given: it follows no redirection, no proxy of the environment and
no address that it finds in data; the token stands in no log line and in no ``repr``.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import logging
import os
import sqlite3
import ssl
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .spool import Kept, Spool, SpoolFull

LOG = logging.getLogger("weft")
DEFAULT_URL = "http://127.0.0.1:7878"
_MAX_ANSWER = 16 << 20
_BATCH = 500
_PAUSE = 5.0
# Not the record's fault: another token, or a later try, may succeed.
_LATER = {401, 403, 408, 429}


class WeftError(Exception):
    """What the node could not be told."""


class Unreachable(WeftError):
    """The node does not answer, not now, or not to this token."""


class Refused(WeftError):
    """The node does not take it, today or tomorrow; ``reason`` is its stable code."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason


class Secret:
    """A token that shows itself to the node alone."""

    def __init__(self, value: str) -> None:
        self._value = value

    def header(self) -> dict[str, str]:
        """The request header that carries it."""
        return {"Authorization": f"Bearer {self._value}"} if self._value else {}

    def __repr__(self) -> str:
        return "Secret(...)" if self._value else "Secret(none)"

    def __reduce__(self) -> Any:
        raise TypeError("a token is not pickled; make the client where it is used")


@dataclass(frozen=True)
class Answer:
    """What became of one record: the node's number of it, or where it waits, or why the node refused it."""

    record: int | None = None
    statement: str | None = None
    waiting: bool = False
    duplicate: bool = False
    spooled: bool = False
    refused: str | None = None

    @staticmethod
    def of(json_answer: Mapping[str, Any]) -> Answer:
        """What the node answered."""
        if "record" not in json_answer:
            return Answer(refused=f"{json_answer.get('reason')}: {json_answer.get('message')}")
        statements = json_answer.get("statements") or [None]
        return Answer(
            json_answer["record"], statements[-1], bool(json_answer.get("waiting")), bool(json_answer.get("duplicate"))
        )


class Client:
    """Tells one node. Safe for threads; a process that was forked goes on with it.

    :param url: the node's address; ``WEFT_URL``, else ``http://127.0.0.1:7878``
    :param token: a token with the scope ``capture`` (a coordinator's also ``read``); ``WEFT_TOKEN``
    :param token_file: a file that holds it; ``WEFT_TOKEN_FILE``
    :param required: fail closed; ``WEFT_REQUIRED=1``
    :param timeout: seconds that one request may take
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        token_file: str | os.PathLike[str] | None = None,
        *,
        required: bool | None = None,
        timeout: float = 5.0,
        spool: Spool | None = None,
    ) -> None:
        self._node = url or os.environ.get("WEFT_URL") or DEFAULT_URL
        self._address = _checked(self._node)
        self._token = Secret(_token(token, token_file))
        self.required = os.environ.get("WEFT_REQUIRED") == "1" if required is None else required
        self._timeout = timeout
        self._spool = spool or Spool()
        self._lock = threading.RLock()
        self._not_before = 0.0
        self._pid = os.getpid()
        self._drainer: threading.Thread | None = None
        self._member: str | None = None

    def __repr__(self) -> str:
        return f"Client({self._node!r}, {self._token!r}, required={self.required})"

    # What can be told

    def record(self, record: Mapping[str, Any]) -> Answer:
        """Tells of one thing; see the record's schema in the node's ``/openapi.json``."""
        return self.records([record])[0]

    def records(self, records: Sequence[Mapping[str, Any]]) -> list[Answer]:
        """Tells of many in their order; later ones may refer to earlier ones."""
        # The id is given here and not by the node: told twice, a record is there once.
        named = [{"externalId": uuid.uuid4().hex, **record} for record in records]
        try:
            with self._turn():
                self._send_waiting(self._timeout)
                answers = self._batch(named)
        except Unreachable as e:
            if self.required:
                raise
            return self._keep(named, e)
        except Refused as e:
            if self.required:
                raise
            answers = [Answer(refused=str(e)) for _ in named]
        for record, answer in zip(named, answers):
            self._judge(record, answer)
        return answers

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """One at a time, so that the order stays; nobody waits longer than for one request."""
        if self._pid != os.getpid():  # forked: the thread that held the lock or sent the spool is not here
            self._pid, self._lock, self._drainer = os.getpid(), threading.RLock(), None
        if not self._lock.acquire(timeout=self._timeout):
            raise Unreachable("the spool is being sent")
        try:
            yield
        finally:
            self._lock.release()

    def _judge(self, record: Mapping[str, Any], answer: Answer) -> None:
        if answer.refused is None:
            return
        reason, _, message = answer.refused.partition(": ")
        if self.required:
            raise Refused(reason, message)
        LOG.warning("the node refused %s %s: %s", record.get("kind"), record.get("externalId"), answer.refused)

    def round_event(self, event: str, body: Mapping[str, Any]) -> Answer:
        """An event of a round: ``open``, ``close``, ``started``, ``contribution`` ..."""
        return self.record({"kind": "round", "event": event, **body})

    # What can be asked; each fails where the node is away

    def member(self) -> str:
        """The name of the member whose node this is."""
        if self._member is None:
            self._member = str(self._request("GET", "/v1/whoami")["member"])
        return self._member

    def statement_state(self, statement: str) -> str:
        """``pending``, ``durable`` or ``refused``: needs the scope ``read``."""
        return str(self._request("GET", f"/v1/statements/{statement}")["state"])

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """A question to the federation, as ``POST /v1/ask`` takes it: needs the scope ``read``."""
        return self._request("POST", "/v1/ask", json.dumps(question))

    def await_durable(self, statement: str, patience: float) -> bool:
        """Whether the log has the statement before ``patience`` seconds are over."""
        end = time.monotonic() + patience
        while True:
            state = self.statement_state(statement)
            if state != "pending" or time.monotonic() > end:
                return state == "durable"
            time.sleep(0.05)

    # The spool

    def waiting(self) -> int:
        """How many records wait in the spool for this node."""
        return self._spool.waiting(self._node)

    def refused(self) -> list[tuple[str, str]]:
        """Records out of the spool that the node refused, each with its reason."""
        return self._spool.refused(self._node)

    def flush(self, patience: float = 60.0) -> int:
        """Tells what waits, oldest first; how many still wait."""
        self._not_before = 0.0
        end = time.monotonic() + patience
        with contextlib.suppress(Unreachable):
            while self.waiting() and time.monotonic() < end:
                with self._turn():
                    self._replay(self._spool.first(self._node, _BATCH))
        return self.waiting()

    def _keep(self, records: list[dict[str, Any]], why: Exception) -> list[Answer]:
        LOG.warning("%s; %d records wait in the spool", why, len(records))
        try:
            self._spool.keep(self._node, [json.dumps(record) for record in records])
        except (SpoolFull, OSError, sqlite3.Error) as e:
            LOG.error("%d records are lost, since they can be kept nowhere: %s", len(records), e)
            return [Answer(refused=f"lost: {e}") for _ in records]
        self._drain()
        return [Answer(spooled=True) for _ in records]

    def _send_waiting(self, patience: float) -> None:
        """What waits goes first, so that the order stays. Fails where the node is away or time is over."""
        if time.monotonic() < self._not_before:
            raise Unreachable(f"the node at {self._node} did not answer a moment ago")
        end = time.monotonic() + patience
        while kept := self._spool.first(self._node, _BATCH):
            if time.monotonic() > end:
                raise Unreachable("the spool is not empty yet")
            self._replay(kept)

    def _replay(self, kept: list[Kept]) -> None:
        try:
            answers = self._batch([json.loads(one.body) for one in kept])
        except Refused as e:
            if len(kept) > 1:  # the request and not a record was refused: too much at once, or one that spoils the rest
                for one in kept:
                    self._replay([one])
                return
            answers = [Answer(refused=str(e))]
        refused = {one.number: a.refused for one, a in zip(kept, answers) if a.refused is not None}
        for number, why in refused.items():
            LOG.warning("the node refused record %d of the spool: %s", number, why)
        self._spool.done(kept, refused, self._node)

    def _drain(self) -> None:
        """A thread of its own tries again while training goes on; it never keeps the process alive."""
        if self._drainer is not None and self._drainer.is_alive():
            return
        self._drainer = threading.Thread(target=self._drain_until_empty, name="weft-spool", daemon=True)
        self._drainer.start()

    def _drain_until_empty(self) -> None:
        left = 1
        while left:
            time.sleep(_PAUSE)
            try:
                left = self.flush()
            except (OSError, sqlite3.Error, Refused) as e:
                LOG.warning("the spool cannot be sent: %s", e)

    # The wire

    def _batch(self, records: list[dict[str, Any]]) -> list[Answer]:
        body = json.dumps(records)
        results = self._request("POST", "/v1/records/batch", body).get("results", [])
        if len(results) != len(records):
            raise Unreachable(f"the server at {self._node} does not answer as a node does")
        return [Answer.of(result) for result in results]

    def _request(self, method: str, path: str, body: str | None = None) -> dict[str, Any]:
        try:
            status, answer = self._exchange(method, path, body)
        except (OSError, http.client.HTTPException, ValueError) as e:
            self._not_before = time.monotonic() + _PAUSE
            raise Unreachable(f"the node at {self._node} cannot be reached: {type(e).__name__}") from e
        self._not_before = 0.0
        if 200 <= status < 300:
            return answer
        reason, message = str(answer.get("reason")), str(answer.get("message"))
        if status >= 500 or status in _LATER or 300 <= status < 400:
            self._not_before = time.monotonic() + _PAUSE
            raise Unreachable(f"the node at {self._node} answers {status} {reason}: {message}")
        raise Refused(reason, message)

    def _exchange(self, method: str, path: str, body: str | None) -> tuple[int, dict[str, Any]]:
        connection = self._connection()
        try:
            headers = {"Content-Type": "application/json", **self._token.header()}
            connection.request(method, path, None if body is None else body.encode(), headers)
            answer = connection.getresponse()
            text = answer.read(_MAX_ANSWER + 1)
        finally:
            connection.close()
        if len(text) > _MAX_ANSWER:
            raise ValueError("the answer is too large")
        parsed = json.loads(text or b"{}")
        if not isinstance(parsed, dict):
            raise ValueError("the answer is no JSON object")
        return answer.status, parsed

    def _connection(self) -> http.client.HTTPConnection:
        secure, host, port = self._address
        if not secure:
            return http.client.HTTPConnection(host, port, timeout=self._timeout)
        context = ssl.create_default_context(cafile=os.environ.get("WEFT_CA"))
        return http.client.HTTPSConnection(host, port, timeout=self._timeout, context=context)




def _checked(url: str) -> tuple[bool, str, int]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.path.strip("/"):
        raise ValueError("the node's address must be http://HOST:PORT or https://HOST:PORT and nothing else")
    if parts.scheme == "http" and not _loopback(parts.hostname):
        raise ValueError(f"a token would go to {parts.hostname} in clear: use https, or the node on this machine")
    return parts.scheme == "https", parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _token(token: str | None, file: str | os.PathLike[str] | None) -> str:
    if token is not None:
        return token.strip()
    named = file or os.environ.get("WEFT_TOKEN_FILE")
    if named:
        return Path(named).read_text().strip()
    return os.environ.get("WEFT_TOKEN", "").strip()

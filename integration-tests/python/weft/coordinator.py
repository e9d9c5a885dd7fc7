"""The coordinator's side of a round: registers, opens and closes it through the coordinator's own node.

A site's contribution counts only if the log holds the round already, so a round begins when the log has it, or when patience
is over. A round that cannot be registered is trained all the same, unless the client fails closed; it is then a round of which
the log knows nothing, and a warning says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .client import LOG, Client, Refused, Unreachable
from .surroundings import environment


@dataclass(frozen=True)
class Received:
    """One update as it arrived; the order of a list of these is the order of arrival."""

    member: str
    verdict: str
    wire: str | None = None
    reason: str | None = None
    statement: str | None = None
    weight: float | None = None

    def json(self) -> dict[str, Any]:
        """As the close of a round has it."""
        named = {"wireDigest": self.wire, "reason": self.reason, "statement": self.statement, "weight": self.weight}
        return {"member": self.member, "verdict": self.verdict, **{k: v for k, v in named.items() if v is not None}}


@dataclass(frozen=True)
class Round:
    """A round that the log knows."""

    number: int
    round_id: str
    input_model: str
    input_from: str | None


class Coordinator:
    """The rounds of one training line, one after the other.

    :param line: the training line's name; one job of a framework trains in one line
    :param patience: seconds that the start of a round may wait for the log
    :param code: digest string of the job's code, stated as the protocol to follow
    """

    def __init__(self, client: Client, line: str, *, patience: float = 20.0, code: str | None = None) -> None:
        self._client = client
        self._line = line
        self._patience = patience
        self._code = code
        self._last: Round | None = None
        self._closed: str | None = None
        self._made: str | None = None

    @property
    def client(self) -> Client:
        """The coordinator's node."""
        return self._client

    @property
    def closed(self) -> str | None:
        """The statement that closed the last round, if it is known."""
        return self._closed

    def begin(self, number: int, input_model: str, expected: Sequence[str], aggregation: str) -> Round | None:
        """Registers and opens; none where that cannot be done, which only a client that fails open forgives."""
        try:
            return self._begin(number, input_model, expected, aggregation)
        except (Unreachable, Refused) as e:
            if self._client.required:
                raise
            LOG.warning("round %d of %s is trained and not recorded: %s", number, self._line, e)
            return None

    def _begin(self, number: int, input_model: str, expected: Sequence[str], aggregation: str) -> Round:
        protocol = {"aggregation": aggregation, "environment": environment()["digest"]}
        body: dict[str, Any] = {
            "kind": "round",
            "event": "register",
            "externalId": f"{self._line}:{number}:{uuid.uuid4().hex[:8]}",
            "trainingLine": self._line,
            "number": number,
            "inputModel": input_model,
            "protocol": {**protocol, "code": self._code} if self._code else protocol,
        }
        # Only what the round before made is said to come from it: a strategy may start from elsewhere.
        follows = self._closed if input_model == self._made else None
        if self._last:
            body["predecessor"] = self._last.round_id
        if follows:
            body["inputFrom"] = follows
        round_id = self._stated(body)
        opened = {"kind": "round", "event": "open", "round": round_id, "expected": sorted(expected)}
        last = self._stated({**opened, "externalId": f"open:{round_id}"})
        if not self._client.await_durable(last, self._patience):
            LOG.warning("round %d of %s begins before the log has it", number, self._line)
        self._last, self._closed, self._made = Round(number, round_id, input_model, follows), None, None
        return self._last

    def _stated(self, record: Mapping[str, Any]) -> str:
        answer = self._client.record(record)
        if answer.statement is None:
            why = answer.refused or ("the node is away" if answer.spooled else "it waits for the steward's approval")
            raise Unreachable(f"the node stated no {record['event']}: {why}")
        return answer.statement

    def end(self, begun: Round, received: Sequence[Received], output_model: str | None, failure: str = "failed") -> None:
        """Closes with a model, or with the reason why there is none; the aggregation is recorded as a run."""
        once: dict[str, Received] = {}
        for one in received:
            if once.setdefault(one.member, one) is not one:
                LOG.error("a second update for %s in round %d is not listed: one node is one member", one.member, begun.number)
        records = self._aggregation(begun, list(once.values()), output_model) if output_model else []
        records.append(
            {
                "kind": "round",
                "event": "close",
                "externalId": f"close:{begun.round_id}",
                "round": begun.round_id,
                "received": [one.json() for one in once.values()],
                **({"outputModel": output_model} if output_model else {"failure": failure}),
            }
        )
        self._closed = self._client.records(records)[-1].statement
        self._made = output_model

    def _aggregation(self, begun: Round, received: list[Received], output_model: str) -> list[dict[str, Any]]:
        prefix = f"round:{begun.round_id[:16]}"
        updates = [
            {
                "kind": "model",
                "externalId": f"{prefix}:{one.member}",
                "name": f"update of {one.member}",
                "digest": one.wire,
                **({"from": one.statement} if one.statement else {}),
            }
            for one in received
            if one.verdict == "accepted" and one.wire
        ][:60]
        made = {"kind": "model", "externalId": f"{prefix}:output", "name": f"{self._line} {begun.number}", "digest": output_model}
        run = {
            "kind": "run",
            "externalId": f"{prefix}:aggregate",
            "step": "aggregate",
            "inputs": [update["externalId"] for update in updates],
            "outputs": [made["externalId"]],
            "environment": environment()["externalId"],
        }
        return [dict(environment()), *updates, made, run]

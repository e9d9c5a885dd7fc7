"""A strategy around any other: each round is registered, opened and closed through the coordinator's node."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flwr.app import ArrayRecord, ConfigRecord, Message, MetricRecord, RecordDict
from flwr.serverapp import Grid
from flwr.serverapp.strategy import Strategy

from ..client import LOG, Client
from ..digest import NoModel
from ..coordinator import Coordinator, Received, Round
from . import records
from .records import FROM, NUMBER, RECORD, ROUND, Leaves

Members = Mapping[int, str] | Callable[[int], str | None]
_INTRODUCTION = 120.0


class Cohort:
    """Which member stands behind which of Flower's nodes.

    Told by the operator, else asked of each client once. What a client says of itself is its own word; where it is another
    member's name, that member's node never corroborates the round, and the graph says so.
    """

    def __init__(self, members: Members | None) -> None:
        self._told = members
        self._asked: dict[int, str] = {}

    def member(self, node: int) -> str | None:
        """The member's name, if it is known."""
        if self._told is None:
            return self._asked.get(node)
        return self._told(node) if callable(self._told) else self._told.get(node)

    def learn(self, nodes: Iterable[int], grid: Grid) -> None:
        """Asks those that have not said it yet."""
        unknown = [node for node in nodes if self._told is None and node not in self._asked]
        if not unknown:
            return
        question = RecordDict({RECORD: ConfigRecord({})})
        asked = [Message(question, node, records.QUESTION) for node in unknown]
        for reply in grid.send_and_receive(asked, timeout=_INTRODUCTION):
            if reply.has_content() and (name := records.word(reply.content, "member")):
                self._asked[reply.metadata.src_node_id] = str(name)


class Rounds:
    """What strategies and workflows have in common: a round begins, replies come in, it ends."""

    def __init__(self, coordinator: Coordinator, members: Members | None) -> None:
        self._coordinator = coordinator
        self._cohort = Cohort(members)
        self._leaves = Leaves()
        self._sent_to: list[int] = []
        self.begun: Round | None = None

    def begin(self, number: int, messages: list[Message], arrays: Mapping[str, Any], grid: Grid, name: str) -> None:
        """Registers and opens, for those to whom the messages go, and puts the round's id into these."""
        self._sent_to = [message.metadata.dst_node_id for message in messages]
        self._cohort.learn(self._sent_to, grid)
        members = {node: self._cohort.member(node) for node in self._sent_to}
        unknown = [node for node, member in members.items() if member is None]
        if unknown:
            LOG.warning("no member is known behind the Flower nodes %s: they are expected by nobody", unknown)
        expected = {member for member in members.values() if member}
        self.begun = None
        try:
            if expected:
                self.begun = self._coordinator.begin(number, self._leaves.of(arrays), sorted(expected), name)
        except NoModel as e:
            if self._coordinator.client.required:
                raise
            LOG.error("round %d is not recorded: %s", number, e)
        if self.begun:
            self.put(messages, self.begun)

    @staticmethod
    def put(messages: Iterable[Message], begun: Round, made: str | None = None) -> None:
        """Tells the clients which round this is, and which statement made the model that they are sent."""
        follows = made or begun.input_from
        words = {ROUND: begun.round_id, NUMBER: begun.number, **({FROM: follows} if follows else {})}
        for message in messages:
            records.put_words(message, words)

    def received(self, replies: Iterable[Message]) -> list[Received]:
        """The replies in the order in which they came, then those that did not come."""
        if self.begun is None:
            return []
        all_of = [one for one in map(self._one, replies) if one]
        came = {one.member for one in all_of}
        missing = {self._cohort.member(node) for node in self._sent_to} - came - {None}
        return all_of + [Received(str(member), "dropped", reason="no-reply") for member in sorted(map(str, missing))]

    def _one(self, reply: Message) -> Received | None:
        node = reply.metadata.src_node_id
        member = self._cohort.member(node)
        if member is None:
            LOG.warning("an update of the Flower node %d is not listed: no member is known behind it", node)
            return None
        if reply.has_error():
            return Received(member, "dropped", reason=f"error-{reply.error.code}")
        # A cache of its own: these bytes came over the wire and were hashed by nobody here.
        try:
            wire = records.payload_digest(reply.content, Leaves())
        except NoModel as e:
            LOG.error("what came from %s cannot be digested: %s", member, e)
            return Received(member, "dropped", reason="no-digest")
        if wire is None:
            return Received(member, "dropped", reason="no-payload")
        receipt = reply.content.config_records.get(RECORD, {})
        if receipt.get("wire", wire) != wire:
            LOG.error("what came from %s is not what its wire point saw: something behind that point changed it", member)
        return Received(member, "accepted", wire, statement=receipt.get("statement"))

    def end(self, received: list[Received], output: Mapping[str, Any] | None, failure: str = "no-model") -> None:
        """Closes with what the strategy made."""
        if self.begun:
            made = self._leaves.of(output) if output is not None else None
            self._coordinator.end(self.begun, received, made, failure)

    @property
    def closed(self) -> str | None:
        """The statement that closed the last round."""
        return self._coordinator.closed


def _weights(received: list[Received], replies: list[Message], key: str) -> list[Received]:
    values = [dict(records.numbers(reply.content)).get(key) if reply.has_content() else None for reply in replies]
    total = sum(value for value in values if value)
    if len(replies) > len(received) or not total:
        return received
    return [
        Received(one.member, one.verdict, one.wire, one.reason, one.statement, value / total if value else None)
        for one, value in zip(received, [*values, *[None] * len(received)])
    ]


class WeftStrategy(Strategy):
    """Wraps a strategy as Flower's own wrappers do; its decisions stay as they are.

    ``accepted`` means: handed to the strategy without an error. A strategy that leaves some of these out by itself (Krum) tells
    nobody which.

    :param line: name of the training line; by default one for each run
    :param members: which member stands behind which node id; by default each client is asked
    :param patience: seconds that a round may wait until the log has its opening
    """

    def __init__(
        self,
        strategy: Strategy,
        client: Client | None = None,
        *,
        line: str | None = None,
        members: Members | None = None,
        patience: float = 20.0,
    ) -> None:
        self.strategy = strategy
        self._client = client or Client()
        self._line, self._members, self._patience = line, members, patience
        self._made: Rounds | None = None

    def _rounds(self, grid: Grid) -> Rounds:
        if self._made is None:
            run = grid.run
            code = f"sha256:{run.fab_hash}" if len(run.fab_hash or "") == 64 else None
            line = self._line or f"flower-{run.run_id}"
            self._made = Rounds(Coordinator(self._client, line, patience=self._patience, code=code), self._members)
        return self._made

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """As the strategy does, in a round that the log has."""
        messages = list(self.strategy.configure_train(server_round, arrays, config, grid))
        if messages:
            name = type(self.strategy).__name__.lower()
            self._rounds(grid).begin(server_round, messages, arrays, grid, name)
        return messages

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        """As the strategy does; closes the round."""
        came = list(replies)
        rounds = self._made
        if rounds is None:
            return self.strategy.aggregate_train(server_round, came)
        # Beside the strategy's own work: what it replaces in a message is no longer what came.
        taken = [records.taken(reply) for reply in came]
        hashing = records.HASHING.submit(rounds.received, taken)
        try:
            arrays, metrics = self.strategy.aggregate_train(server_round, came)
            received = _weights(hashing.result(), taken, getattr(self.strategy, "weighted_by_key", "num-examples"))
        except Exception:
            received = hashing.result()
            rejected = [Received(r.member, "rejected", r.wire, "aggregation-failed") if r.wire else r for r in received]
            rounds.end(rejected, None, "aggregation-failed")
            raise
        rounds.end(received, arrays)
        return arrays, metrics

    def configure_evaluate(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """As the strategy does; the clients are told which round made the model."""
        messages = list(self.strategy.configure_evaluate(server_round, arrays, config, grid))
        if self._made and self._made.begun:
            Rounds.put(messages, self._made.begun, self._made.closed)
        return messages

    def aggregate_evaluate(self, server_round: int, replies: Iterable[Message]) -> MetricRecord | None:
        """As the strategy does."""
        return self.strategy.aggregate_evaluate(server_round, replies)

    def summary(self) -> None:
        """As the strategy does."""
        self.strategy.summary()

"""SecAgg+ runs as a workflow of Flower's older interface, and not as a strategy: its rounds are told around the workflow.

The log gets the digests of the masked vectors. How many examples stand behind one, the server does not know, and nobody says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flwr.app import Context, Message
from flwr.serverapp import Grid

from ..client import Client
from ..coordinator import Coordinator
from . import records
from .strategy import Members, Rounds

_PARAMETERS, _CONFIGS, _ROUND = "parameters", "config", "current_round"


class _Listening:
    """A Grid that hears what goes through it."""

    def __init__(self, grid: Grid, rounds: Rounds, number: int, arrays: Mapping[str, Any]) -> None:
        self._grid, self._rounds = grid, rounds
        self._number, self._arrays = number, arrays
        self._begun = False
        self.masked: list[Message] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._grid, name)

    def send_and_receive(self, messages: Iterable[Message], **how: Any) -> list[Message]:
        sent = list(messages)
        if not self._begun:
            self._begun = True
            self._rounds.begin(self._number, sent, self._arrays, self._grid, "secagg-plus")
        elif self._rounds.begun:
            Rounds.put(sent, self._rounds.begun)
        replies = list(self._grid.send_and_receive(sent, **how))
        if any(reply.has_content() and records.masked_of(reply.content) for reply in replies):
            self.masked = replies
        return replies


class WeftSecAgg:
    """Wraps a ``SecAggPlusWorkflow``: ``DefaultWorkflow(fit_workflow=WeftSecAgg(SecAggPlusWorkflow(...)))``."""

    def __init__(
        self, workflow: Any, client: Client | None = None, *, line: str | None = None, members: Members | None = None
    ) -> None:
        self._workflow, self._client = workflow, client or Client()
        self._line, self._members = line, members
        self._rounds: Rounds | None = None

    def __call__(self, grid: Grid, context: Context) -> None:
        """One round."""
        if self._rounds is None:
            line = self._line or f"flower-{grid.run.run_id}"
            self._rounds = Rounds(Coordinator(self._client, line), self._members)
        before = context.state.array_records[_PARAMETERS]
        number = int(context.state.config_records[_CONFIGS][_ROUND])  # type: ignore[arg-type]
        heard = _Listening(grid, self._rounds, number, before)
        self._workflow(heard, context)
        after = context.state.array_records[_PARAMETERS]
        received = self._rounds.received(heard.masked or [])
        self._rounds.end(received, after if after is not before and heard.masked else None, "secagg-halted")

"""A site's part in a round, told to the site's own node in one request.

Two points of capture: the *plaintext* update, as training made it, and the *wire* payload, as it leaves after privacy
techniques. What is public is the wire's digest. The plaintext's digest goes as a private commitment, which the site can open
later. Where the payload is masked, numbers that would undo the masking (how many examples) stay among the record's own fields,
which no policy releases.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .client import Answer, Client
from .surroundings import environment

COUNTS = ("num-examples", "num_examples", "NUM_STEPS_CURRENT_ROUND", "num_steps_current_round")
_MOST_INPUTS = 60


def now() -> str:
    """This moment, as records have it."""
    return datetime.now(timezone.utc).isoformat()


@dataclass(frozen=True)
class Technique:
    """One step between plaintext and wire, in the order of application."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Trained:
    """One training of one round at this site."""

    framework: str
    job: str
    round_id: str
    input_model: str
    wire: str
    plaintext: str
    input_from: str | None = None
    number: int | None = None
    masked: bool = False
    privacy: Sequence[Technique] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    started: str | None = None
    ended: str | None = None

    @property
    def prefix(self) -> str:
        """What the ids of this training's records begin with."""
        return f"{self.framework}:{self.job}:{self.round_id[:16]}"


class Site:
    """Tells one node of the trainings of one app.

    :param datasets: external ids of the datasets behind the training, as other tools recorded them; ``WEFT_DATASETS``,
        separated by commas
    :param code: a record of the app's code, see :func:`weft.surroundings.code`
    """

    def __init__(
        self, client: Client, datasets: Sequence[str] | None = None, code: Mapping[str, Any] | None = None
    ) -> None:
        named = os.environ.get("WEFT_DATASETS", "").split(",") if datasets is None else datasets
        self._client = client
        self._datasets = [one.strip() for one in named if one.strip()][:_MOST_INPUTS]
        self._code = code

    @property
    def client(self) -> Client:
        """The site's node."""
        return self._client

    def started(self, framework: str, round_id: str) -> Answer:
        """Says that this site has begun; the node tells it on only where policy allows."""
        return self._client.round_event(
            "started", {"source": framework, "externalId": f"{framework}:started:{round_id}", "round": round_id}
        )

    def contributed(self, trained: Trained) -> Answer:
        """Tells of a training and what was sent; the answer is that of the contribution."""
        records = self._behind(trained)
        records.append(self._run(trained, [record["externalId"] for record in records]))
        records.append(self._contribution(trained))
        return self._client.records([{"source": trained.framework, **record} for record in records])[-1]

    def evaluated(self, measured: Trained) -> Answer:
        """Tells of a model measured on this site's data; ``wire`` and ``plaintext`` of it are not looked at."""
        prefix = f"{measured.prefix}:evaluate"
        model = {**self._given(measured), "externalId": f"{prefix}:model"}
        run = {
            **self._run(measured, [str(self._code["externalId"])] if self._code else []),
            "externalId": f"{prefix}:run",
            "step": "evaluate",
            "inputs": [model["externalId"], *self._datasets],
            "outputs": [],
        }
        event = {
            "kind": "round",
            "event": "evaluation",
            "externalId": prefix,
            "round": measured.round_id,
            "run": run["externalId"],
            "model": measured.input_model,
            **({"modelFrom": measured.input_from} if measured.input_from else {}),
        }
        records = [dict(environment()), *([dict(self._code)] if self._code else []), model, run, event]
        return self._client.records([{"source": measured.framework, **record} for record in records])[-1]

    @staticmethod
    def _given(trained: Trained) -> dict[str, Any]:
        name = f"global model of round {trained.number}" if trained.number else "global model"
        came = {"from": trained.input_from} if trained.input_from else {}
        return {"kind": "model", "format": trained.framework, "name": name, "digest": trained.input_model, **came}

    def _behind(self, trained: Trained) -> list[dict[str, Any]]:
        records = [dict(environment())]
        if self._code:
            records.append(dict(self._code))
        records.append({**self._given(trained), "externalId": f"{trained.prefix}:input"})
        # The payload, not the plaintext: a model's digest is public under most policies.
        sent = {"kind": "model", "format": trained.framework, "name": "update as sent", "digest": trained.wire}
        records.append({**sent, "externalId": f"{trained.prefix}:sent"})
        return records

    def _run(self, trained: Trained, known: list[str]) -> dict[str, Any]:
        numbers = {k: float(v) for k, v in trained.metrics.items() if math.isfinite(v)}
        counts = {name: numbers.pop(name) for name in COUNTS if trained.masked and name in numbers}
        run: dict[str, Any] = {
            "kind": "run",
            "externalId": f"{trained.prefix}:train",
            "step": "train",
            "inputs": [f"{trained.prefix}:input", *self._datasets],
            "outputs": [f"{trained.prefix}:sent"],
            "environment": environment()["externalId"],
            "parameters": plain(trained.parameters),
            "metrics": numbers,
            "fields": counts,
        }
        if self._code and self._code["externalId"] in known:
            run["code"] = self._code["externalId"]
        run.update({k: v for k, v in (("started", trained.started), ("ended", trained.ended)) if v})
        return run

    @staticmethod
    def _contribution(trained: Trained) -> dict[str, Any]:
        return {
            "kind": "round",
            "event": "contribution",
            "externalId": f"{trained.prefix}:contribution",
            "round": trained.round_id,
            "run": f"{trained.prefix}:train",
            "inputModel": trained.input_model,
            "wireDigest": trained.wire,
            "update": trained.plaintext,
            "privacy": [{"name": one.name, "parameters": plain(one.parameters)} for one in trained.privacy],
            **({"inputFrom": trained.input_from} if trained.input_from else {}),
        }


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Those values that a record can hold: text, finite numbers, truth values, and short lists of them."""

    def scalar(value: Any) -> bool:
        return isinstance(value, (str, bool, int)) or isinstance(value, float) and math.isfinite(value)

    return {
        str(name): value
        for name, value in values.items()
        if scalar(value) or isinstance(value, (list, tuple)) and len(value) <= 64 and all(map(scalar, value))
    }

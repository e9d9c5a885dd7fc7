"""NVFlare: a recorder and a filter that a site's own ``local/privacy.json`` puts into every job, whatever the job's author says.

At a site, :class:`WeftRecorder` sees what came in, the *plaintext* update before the first filter, and after the last one the
*wire* payload as it leaves. NVFlare may hand on tensors unread, by reference; it loads them only where a filter stands.
:class:`WeftFilter` is that filter: first in each scope, before the job's own, it sees the plaintext that the recorder could not.
At the server the same recorder registers, opens and closes the rounds through the coordinator's node. Made for NVFlare 2.9; only
its events, filters and headers are used. Its simulator applies no scopes, hence no :class:`WeftFilter`; sites do.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nvflare.apis.dxo import DataKind, from_shareable
from nvflare.apis.event_type import EventType
from nvflare.apis.filter import Filter
from nvflare.apis.fl_component import FLComponent
from nvflare.apis.fl_constant import FilterKey, FLContextKey, FLMetaKey, ProcessType, ReturnCode
from nvflare.apis.fl_context import FLContext
from nvflare.apis.shareable import Shareable
from nvflare.apis.workspace import Workspace
from nvflare.app_common.abstract.fl_model import FLModel, ParamsType
from nvflare.app_common.app_constant import AppConstants
from nvflare.app_common.app_event_type import AppEventType
from nvflare.app_common.utils.fl_model_utils import FLModelUtils

from . import digest
from .client import LOG, Client, WeftError
from .coordinator import Coordinator, Received, Round
from .site import Site, Technique, Trained, now
from .names import label

HEADER = "weft"
_PLAINTEXT = "weft_plaintext"
_GIVEN = "weft_given"
_MODELS = (DataKind.WEIGHTS, DataKind.WEIGHT_DIFF)


def params_digest(params: Mapping[str, Any]) -> str:
    """The digest of parameters by name; of ciphertexts and other opaque bytes as blobs, in the order of their names."""
    if any(isinstance(value, (bytes, bytearray, memoryview)) for value in params.values()):
        return digest.blobs_digest(params[name] for name in sorted(params, key=str.encode))
    return digest.model_digest(params)


def shareable_digest(shareable: Shareable) -> str | None:
    """The digest of the model that a task or its result carries, if it carries one."""
    params = _params(shareable)
    return params_digest(params) if params else None


def _dxo(shareable: Any) -> Any:
    try:
        return from_shareable(shareable)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None  # no DXO: metrics of an older form, an error


def _params(shareable: Any) -> Mapping[str, Any] | None:
    dxo = _dxo(shareable)
    return dxo.data if dxo is not None and dxo.data_kind in _MODELS and isinstance(dxo.data, dict) else None


class _Setting:
    """Which node a process tells: said in the file that the site keeps, never by the job."""

    def __init__(self, url: str | None, token_file: str | None, nodes: str | None, required: bool, datasets: Any) -> None:
        self._own = {"url": url, "token": token_file, "datasets": datasets}
        self._nodes = nodes
        self._required = required
        self._sites: dict[str, Site] = {}
        self._lock = threading.Lock()

    def site(self, name: str) -> Site:
        """The site of that name; of a simulator's ``nodes`` file the entry of that name."""
        with self._lock:
            if name not in self._sites:
                told = json.loads(Path(self._nodes).read_text())[name] if self._nodes else self._own
                client = Client(told["url"], token_file=told["token"], required=self._required or None, timeout=20)
                self._sites[name] = Site(client, told.get("datasets"))
            return self._sites[name]


class WeftFilter(Filter):
    """Has NVFlare load what it would hand on unread, and digests it. Changes nothing."""

    def process(self, shareable: Shareable, fl_ctx: FLContext) -> Shareable:
        """The plaintext, unless the recorder has seen it."""
        if fl_ctx.get_prop(_GIVEN) and fl_ctx.get_prop(_PLAINTEXT) is None:
            fl_ctx.set_prop(_PLAINTEXT, shareable_digest(shareable), private=True, sticky=False)
        return shareable


class WeftRecorder(FLComponent):
    """The wire point at a site, the rounds at the server.

    :param url: the node's address; by default ``WEFT_URL``
    :param token_file: a file with its token; by default ``WEFT_TOKEN_FILE`` or ``WEFT_TOKEN``
    :param required: fail closed: a result that cannot be recorded does not leave
    :param datasets: external ids of the datasets behind the site's training; by default ``WEFT_DATASETS``
    :param line: at the server: the training line; by default one for each job
    :param nodes: for a simulator, whose sites share one file: a JSON file from names to url, token and datasets
    """

    def __init__(
        self,
        url: str | None = None,
        token_file: str | None = None,
        required: bool = False,
        datasets: list[str] | None = None,
        line: str | None = None,
        nodes: str | None = None,
    ) -> None:
        super().__init__()
        self._setting = _Setting(url, token_file, nodes, required, datasets)
        self._line = line
        self._rounds: _ServerRounds | None = None

    def member(self) -> str:
        """The member whose node this recorder tells."""
        return self._setting.site("").client.member()

    def handle_event(self, event_type: str, fl_ctx: FLContext) -> None:
        """What NVFlare tells; of a server or of a site."""
        if fl_ctx.get_process_type() in (ProcessType.SERVER_JOB, ProcessType.SERVER_PARENT):
            self._at_server(event_type, fl_ctx)
        elif event_type == EventType.BEFORE_TASK_DATA_FILTER:
            self._came_in(fl_ctx)
        elif event_type == EventType.BEFORE_TASK_RESULT_FILTER:
            self._was_made(fl_ctx)
        elif event_type == EventType.AFTER_TASK_RESULT_FILTER:
            self._leaves(fl_ctx)

    # At a site

    @staticmethod
    def _came_in(fl_ctx: FLContext) -> None:
        task = fl_ctx.get_prop(FLContextKey.TASK_DATA)
        round_id = task.get_header(HEADER) if isinstance(task, Shareable) else None
        if round_id:
            given = {**round_id, "model": shareable_digest(task), "started": now()}
            fl_ctx.set_prop(_GIVEN, given, private=True, sticky=False)
            fl_ctx.set_prop(_PLAINTEXT, None, private=True, sticky=False)

    @staticmethod
    def _was_made(fl_ctx: FLContext) -> None:
        result = fl_ctx.get_prop(FLContextKey.TASK_RESULT)
        if fl_ctx.get_prop(_GIVEN) and isinstance(result, Shareable):
            with contextlib.suppress(digest.NoModel):  # references to tensors: WeftFilter sees them loaded
                fl_ctx.set_prop(_PLAINTEXT, shareable_digest(result), private=True, sticky=False)

    def _leaves(self, fl_ctx: FLContext) -> None:
        given, result = fl_ctx.get_prop(_GIVEN), fl_ctx.get_prop(FLContextKey.TASK_RESULT)
        wire = shareable_digest(result) if given and isinstance(result, Shareable) else None
        if not wire:
            return
        fl_ctx.set_prop(_GIVEN, None, private=True, sticky=False)
        site = self._setting.site(fl_ctx.get_identity_name())
        try:
            plaintext = fl_ctx.get_prop(_PLAINTEXT)
            if plaintext is None:
                raise WeftError("no plaintext was seen: put weft.nvflare.WeftFilter first into every scope of privacy.json")
            answer = site.contributed(self._trained(fl_ctx, given, result, wire, plaintext))
            result.set_header(HEADER, {"wire": wire, "statement": answer.statement})
        except WeftError as e:
            LOG.error("this round is not recorded: %s", e)
            if site.client.required:
                result.clear()
                result.set_return_code(ReturnCode.EXECUTION_EXCEPTION)

    @staticmethod
    def _trained(fl_ctx: FLContext, given: Mapping[str, Any], result: Shareable, wire: str, plaintext: str) -> Trained:
        dxo = _dxo(result)
        measured = {**(dxo.get_meta_prop(FLMetaKey.INITIAL_METRICS) or {})}
        steps = dxo.get_meta_prop(FLMetaKey.NUM_STEPS_CURRENT_ROUND)
        if steps is not None:
            measured[FLMetaKey.NUM_STEPS_CURRENT_ROUND] = steps
        filters = [name for name in dxo.get_filter_history() or [] if name != WeftFilter.__name__]
        meta = fl_ctx.get_prop(FLContextKey.JOB_META) or {}
        return Trained(
            framework="nvflare",
            job=str(fl_ctx.get_job_id()),
            round_id=given["round"],
            number=given["number"],
            input_from=given.get("from"),
            input_model=given["model"],
            wire=wire,
            plaintext=plaintext,
            masked=wire.startswith("weft-blobs"),
            privacy=[Technique(label(str(name))) for name in filters],
            parameters={"job": str(meta.get("name", "")), "submitter": str(meta.get("submitter_name", ""))},
            metrics={name: value for name, value in measured.items() if isinstance(value, (int, float))},
            started=given["started"],
            ended=now(),
        )

    # At the server

    def _at_server(self, event_type: str, fl_ctx: FLContext) -> None:
        if event_type == AppEventType.BEFORE_TRAIN_TASK:
            if self._rounds is None:
                client = self._setting.site("server").client
                line = self._line or f"nvflare-{label(str(fl_ctx.get_job_id()))[:50]}"
                self._rounds = _ServerRounds(Coordinator(client, line))
            self._rounds.sent(fl_ctx)
        elif self._rounds is None:
            return
        elif event_type == EventType.BEFORE_TASK_RESULT_FILTER:
            self._rounds.came(fl_ctx)
        elif event_type == AppEventType.AFTER_CONTRIBUTION_ACCEPT:
            self._rounds.judged(fl_ctx)
        elif event_type == AppEventType.AFTER_AGGREGATION:
            self._rounds.aggregated(fl_ctx.get_prop(AppConstants.AGGREGATION_RESULT))
        elif event_type == AppEventType.AFTER_SHAREABLE_TO_LEARNABLE:
            model = fl_ctx.get_prop(AppConstants.GLOBAL_MODEL)
            self._rounds.made(params_digest(model["weights"]) if model else None)
        elif event_type in (EventType.END_RUN, EventType.JOB_ABORTED):
            self._rounds.made(None)


class _ServerRounds:
    """The rounds of one job. Tasks go out and results come in on threads of their own."""

    def __init__(self, coordinator: Coordinator) -> None:
        self._coordinator = coordinator
        self._lock = threading.RLock()
        self._number: int | None = None
        self._begun: Round | None = None
        self._sent: Mapping[str, Any] = {}
        self._expected: list[str] = []
        self._asked: set[str] = set()
        self._came: dict[str, tuple[str | None, str | None]] = {}
        self._received: dict[str, Received] = {}

    def sent(self, fl_ctx: FLContext) -> None:
        """A task goes to a client; with the first of a round the round begins."""
        task = fl_ctx.get_prop(AppConstants.TRAIN_SHAREABLE)
        model = shareable_digest(task) if task is not None else None
        number = task.get_header(AppConstants.CURRENT_ROUND) if task is not None else None
        if model is None or number is None:
            return
        with self._lock:
            if number != self._number:
                self._begin(int(number), model, fl_ctx)
            self._asked.add(_peer(fl_ctx))
            if self._begun:
                words = {"round": self._begun.round_id, "number": self._begun.number, "from": self._begun.input_from}
                task.set_header(HEADER, words)

    def _begin(self, number: int, model: str, fl_ctx: FLContext) -> None:
        self.made(model)  # where no event told what the last round made, this one shows it
        self._sent = _params(fl_ctx.get_prop(AppConstants.TRAIN_SHAREABLE)) or {}
        self._number, self._asked, self._came, self._received = number, set(), {}, {}
        self._expected = sorted(client.name for client in fl_ctx.get_engine().get_clients())
        # NVFlare counts rounds from 0, the log from 1.
        self._begun = self._coordinator.begin(number + 1, model, self._expected, "fedavg")

    def came(self, fl_ctx: FLContext) -> None:
        """A result, before any filter of the server."""
        result = fl_ctx.get_prop(FLContextKey.TASK_RESULT)
        wire = shareable_digest(result) if isinstance(result, Shareable) else None
        if not wire:
            return
        receipt = result.get_header(HEADER) or {}
        if receipt.get("wire", wire) != wire:
            LOG.error("what came from %s is not what its wire point saw", _peer(fl_ctx))
        with self._lock:
            self._came[_peer(fl_ctx)] = (wire, receipt.get("statement"))

    def judged(self, fl_ctx: FLContext) -> None:
        """The controller's word on that result."""
        name = _peer(fl_ctx)
        accepted = bool(fl_ctx.get_prop(AppConstants.AGGREGATION_ACCEPTED))
        with self._lock:
            wire, statement = self._came.get(name, (None, None))
            if wire is None:
                self._received[name] = Received(name, "dropped", reason="no-payload")
            elif accepted:
                self._received[name] = Received(name, "accepted", wire, statement=statement)
            else:
                self._received[name] = Received(name, "rejected", wire, "not-accepted", statement)

    def aggregated(self, result: Any) -> None:
        """What a controller of FLModels made: the model itself, or the difference to the one that it sent."""
        if isinstance(result, FLModel) and result.params:
            model = FLModelUtils.update_model(FLModel(params_type=ParamsType.FULL, params=dict(self._sent)), result)
            self.made(params_digest(model.params))

    def made(self, model: str | None) -> None:
        """The round is over, with that model or with none that anybody told of."""
        with self._lock:
            begun, self._begun = self._begun, None
            if begun is None:
                return
            absent = [name for name in self._expected if name not in self._received]
            left_out = {name: "no-reply" if name in self._asked else "not-sampled" for name in absent}
            all_of = [*self._received.values(), *(Received(n, "dropped", reason=why) for n, why in left_out.items())]
            self._coordinator.end(begun, all_of, model, "no-model")


def _peer(fl_ctx: FLContext) -> str:
    peer = fl_ctx.get_peer_context()
    return str(peer.get_identity_name()) if peer else ""


def main(kit: str) -> int:
    """``python3 -m weft.nvflare KIT``: has NVFlare load the kit's ``local/privacy.json`` as a job would, and asks the node."""
    # NVFlare's own, and not public: only this check needs it.
    from nvflare.private.fed.app.fl_conf import create_privacy_manager

    manager = create_privacy_manager(Workspace(kit), names_only=False)
    recorders = [one for one in (manager.components or {}).values() if type(one).__name__ == WeftRecorder.__name__]
    scopes = list(manager.name_to_scopes.values())
    bare = [scope.name for scope in scopes if not _filters_first(scope)]
    if not recorders or not scopes or bare:
        print(f"not recorded: recorders {len(recorders)}, scopes {len(scopes)}, without WeftFilter first: {bare}")
        return 1
    print(f"jobs in every scope are recorded by the node of {recorders[0].member()}")
    return 0


def _filters_first(scope: Any) -> bool:
    filters = scope.task_result_filters.get(FilterKey.OUT, [])
    return bool(filters) and type(filters[0]).__name__ == WeftFilter.__name__


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""The two points of capture in a ClientApp, as Flower mods.

Flower calls the first mod of a list first, and it sees the reply last. So the *wire* point stands first: it sees the message as
it comes in and the payload exactly as it leaves. The *plaintext* point stands last: it sees the update before the privacy mods
between the two have clipped, noised or masked it. :attr:`Points.mods` has them in that order; used otherwise, they say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextvars import ContextVar
from typing import Any

from flwr.app import ConfigRecord, Context, Message, RecordDict

from .. import client as weft_client
from ..digest import NoModel
from ..names import label
from ..site import Site, Technique, Trained, now, plain
from . import records
from .records import FROM, NUMBER, RECORD, ROUND, SECAGG, Leaves

Call = Callable[[Message, Context], Message]
SiteOf = Callable[[Context], Site]
_SETUP = ("sample_num", "share_num", "threshold", "clipping_range", "target_range", "mod_range", "max_weight")


class OutOfOrder(Exception):
    """The points of capture do not stand around the app's mods: what was captured would be called what it is not."""


class _Passing:
    """One message on its way in and out."""

    def __init__(self, given: Future[str] | None, leaves: Leaves) -> None:
        self.given = given
        self.leaves = leaves
        self.started = now()
        self.plaintext: Future[str] | None = None
        self.metrics: dict[str, float] = {}


_passing: ContextVar[_Passing | None] = ContextVar("weft_passing", default=None)


class Points:
    """Both points, around the privacy mods of an app.

    :param site_of: which site a context belongs to; by default the node of ``WEFT_URL``
    :param between: the app's own mods, in Flower's order
    """

    def __init__(self, site_of: SiteOf | Site | None = None, between: Sequence[Any] = ()) -> None:
        self._site_of = site_of
        self._between = list(between)
        self._known: Site | None = site_of if isinstance(site_of, Site) else None
        self.mods: list[Any] = [self.wire, *between, self.plaintext]

    def site(self, context: Context) -> Site:
        """The site that the context belongs to."""
        if callable(self._site_of):
            return self._site_of(context)
        if self._known is None:
            self._known = Site(weft_client.Client())
        return self._known

    def introduce(self, message: Message, context: Context) -> Message:
        """Answers the coordinator's question which member this client belongs to."""
        try:
            told = {"member": self.site(context).client.member()}
        except (weft_client.Unreachable, weft_client.Refused) as e:
            weft_client.LOG.warning("the coordinator is not told whose client this is: %s", e)
            told = {}
        return Message(RecordDict({RECORD: ConfigRecord(told)}), reply_to=message)

    def plaintext(self, message: Message, context: Context, call_next: Call) -> Message:
        """The last mod: the update as training made it."""
        reply = call_next(message, context)
        passing = _passing.get()
        if passing is None:
            self._out_of_order(context, "the plaintext point was passed outside of the wire point: put the wire point first")
        elif reply.has_content() and (arrays := records.arrays_of(reply.content)):
            passing.plaintext = passing.leaves.later(arrays)  # while the privacy mods run
            passing.metrics = dict(records.numbers(reply.content))
        return reply

    def wire(self, message: Message, context: Context, call_next: Call) -> Message:
        """The first mod: the payload as it leaves."""
        if message.metadata.message_type == records.QUESTION:
            return self.introduce(message, context)  # an app with a client_fn has no place for such a function
        if _passing.get() is not None:
            return call_next(message, context)  # the site's own point stands outside of the job's
        round_id = records.word(message.content, ROUND)
        self._remember_setup(message, context)
        leaves = Leaves()
        arrays = records.arrays_of(message.content)
        # Hashed while training runs; its bytes cannot change under it.
        passing = _Passing(leaves.later(arrays) if arrays and round_id else None, Leaves())
        token = _passing.set(passing)
        try:
            reply = call_next(message, context)
        finally:
            _passing.reset(token)
        if round_id is None or passing.given is None or reply.has_error():
            return reply
        try:
            return self._told(message, reply, context, passing)
        except NoModel as e:
            self._not_recorded(context, e)
            return reply

    def _told(self, message: Message, reply: Message, context: Context, passing: _Passing) -> Message:
        site = self.site(context)
        if message.metadata.message_type.startswith("evaluate"):
            site.evaluated(self._trained(message, reply, context, passing, "", ""))
            return reply
        plaintext = passing.plaintext.result() if passing.plaintext else None
        wire = records.payload_digest(reply.content, passing.leaves)
        if wire is None:
            return reply
        if plaintext is None:
            self._out_of_order(context, "no plaintext was seen: put the plaintext point last")
            return reply
        answer = site.contributed(self._trained(message, reply, context, passing, wire, plaintext))
        receipt: dict[str, Any] = {"wire": wire}
        if answer.statement:
            receipt["statement"] = answer.statement
        reply.content.config_records[RECORD] = ConfigRecord(receipt)
        return reply

    def _trained(
        self, message: Message, reply: Message, context: Context, passing: _Passing, wire: str, plaintext: str
    ) -> Trained:
        content = message.content
        assert passing.given is not None
        return Trained(
            framework="flower",
            job=str(message.metadata.run_id),
            round_id=records.word(content, ROUND),
            input_from=records.word(content, FROM),
            number=records.word(content, NUMBER),
            input_model=passing.given.result(),
            wire=wire,
            plaintext=plaintext,
            masked=records.masked_of(reply.content) is not None,
            privacy=[self._technique(mod, context, content) for mod in reversed(self._between)],
            parameters={**plain(context.run_config), **plain(dict(records.settings(content)))},
            metrics={**passing.metrics, **dict(records.numbers(reply.content))},
            started=passing.started,
            ended=now(),
        )

    def _out_of_order(self, context: Context, what: str) -> None:
        self._not_recorded(context, OutOfOrder(what))

    def _not_recorded(self, context: Context, why: Exception) -> None:
        if self.site(context).client.required:
            raise why
        weft_client.LOG.error("this round is not recorded: %s", why)

    @staticmethod
    def _remember_setup(message: Message, context: Context) -> None:
        """SecAgg+ tells its parameters in an earlier message of the round."""
        setup = message.content.config_records.get(SECAGG, {})
        if setup.get("stage") == "setup":
            told = {name: setup[name] for name in _SETUP if isinstance(setup.get(name), (int, float))}
            context.state.config_records["weft-secagg"] = ConfigRecord(told)

    @staticmethod
    def _technique(mod: Any, context: Context, content: Any) -> Technique:
        name = getattr(mod, "__name__", type(mod).__name__)
        parameters: Mapping[str, Any] = vars(mod) if type(mod).__name__ == name else {}
        if name == "secaggplus_mod" or name == "secagg_mod":
            parameters = dict(context.state.config_records.get("weft-secagg", {}))
        elif name in ("fixedclipping_mod", "adaptiveclipping_mod"):
            parameters = {k: v for k, v in records.settings(content) if k == "clipping_norm"}
        return Technique(label(name), plain({k: v for k, v in parameters.items() if not k.startswith("_")}))

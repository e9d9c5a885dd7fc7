"""The points of capture and the strategy, on Flower's own classes, without a network."""

import logging
import unittest

try:
    import numpy
    from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Message, MetricRecord, RecordDict
    from flwr.clientapp import ClientApp as PlainApp
    from flwr.clientapp.mod import LocalDpMod
    from flwr.supercore.task_identity import TaskIdentity
except ImportError as e:  # the client alone needs none of these
    raise unittest.SkipTest(f"1 skipped: {e}") from e

import weft
from weft.coordinator import Round
from weft.flower import ClientApp, OutOfOrder, Points
from weft.flower.records import Leaves, arrays_of
from weft.flower.strategy import Rounds
from weft.site import Site

ROUND = "ab" * 32
TaskIdentity.task_id = TaskIdentity.run_id = TaskIdentity.node_id = 1


class Listening:
    """A node's client that keeps what it is told."""

    required = False

    def __init__(self):
        self.told = []

    def records(self, records):
        self.told.extend(records)
        return [weft.Answer(record=n, statement=f"{n:064x}") for n in range(len(records))]

    def member(self):
        return "hospital-a"


class Strict(Listening):
    required = True


def array(*values):
    return Array(numpy.array(values, numpy.float32))


def message(kind="train", words=True):
    config = {"lr": 0.1, "server-round": 3}
    if words:
        config.update({"weft-round": ROUND, "weft-number": 3})
    content = RecordDict({"arrays": ArrayRecord({"w": array(1, 2)}), "config": ConfigRecord(config)})
    made = Message(content, 7, kind)
    made.metadata.__dict__["_src_node_id"] = 1
    made.metadata.__dict__["_message_id"] = "one"
    return made


def trained(given, context):
    content = RecordDict({"arrays": ArrayRecord({"w": array(3, 4)}), "metrics": MetricRecord({"num-examples": 5})})
    return Message(content, reply_to=given)


CONTEXT = Context(run_id=1, node_id=7, node_config={}, state=RecordDict(), run_config={})


class PointsTest(unittest.TestCase):
    def setUp(self):
        self.node = Listening()
        self.site = Site(self.node, ["ward-7"])

    def kinds(self):
        return [record["kind"] for record in self.node.told]

    def contribution(self):
        return next(record for record in self.node.told if record.get("event") == "contribution")

    def app(self, mods):
        app = ClientApp(site=self.site)
        app.train(mods=mods)(trained)
        return app

    def test_plaintext_and_wire_are_told_apart_where_noise_is_added(self):
        reply = self.app([LocalDpMod(1.0, 1.0, 1.0, 1e-5)])(message(), CONTEXT)
        told = self.contribution()
        self.assertEqual(told["update"], weft.model_digest({"w": numpy.array([3, 4], numpy.float32)}))
        self.assertEqual(told["wireDigest"], Leaves().of(arrays_of(reply.content)))
        self.assertNotEqual(told["update"], told["wireDigest"])
        self.assertEqual(told["inputModel"], weft.model_digest({"w": numpy.array([1, 2], numpy.float32)}))
        self.assertEqual(told["privacy"][0]["name"], "local-dp-mod")
        self.assertEqual(told["privacy"][0]["parameters"]["epsilon"], 1.0)
        public = [record["digest"] for record in self.node.told if record["kind"] == "model"]
        self.assertNotIn(told["update"], public)

    def test_reply_carries_the_receipt(self):
        reply = self.app([])(message(), CONTEXT)
        self.assertEqual(len(reply.content.config_records["weft"]["statement"]), 64)

    def test_run_names_its_datasets_and_parameters(self):
        self.app([])(message(), CONTEXT)
        run = next(record for record in self.node.told if record["kind"] == "run")
        self.assertIn("ward-7", run["inputs"])
        self.assertEqual(run["parameters"], {"lr": 0.1, "server-round": 3})
        self.assertEqual(run["metrics"], {"num-examples": 5.0})

    def test_message_without_a_round_is_left_alone(self):
        self.app([])(message(words=False), CONTEXT)
        self.assertEqual(self.node.told, [])

    def test_wrong_order_is_said_and_nothing_false_is_told(self):
        points = Points(self.site)
        for mods in ([points.plaintext, points.wire], [points.wire], [points.plaintext]):
            app = PlainApp()
            app.train(mods=mods)(trained)
            with self.subTest(len(mods)), self.assertLogs("weft", logging.ERROR):
                app(message(), CONTEXT)
        self.assertEqual(self.node.told, [])

    def test_wrong_order_ends_what_fails_closed(self):
        points = Points(Site(Strict(), []))
        app = PlainApp()
        app.train(mods=[points.wire])(trained)
        with self.assertRaises(OutOfOrder):
            app(message(), CONTEXT)

    def test_masked_payload_counts_are_not_among_what_may_leave(self):
        def mask(given, context, call_next):
            reply = call_next(given, context)
            reply.content["arrays"].clear()
            reply.content["secaggplus_configs"] = ConfigRecord({"masked_params": [b"masked", b"vectors"]})
            return reply

        self.app([mask])(message(), CONTEXT)
        run = next(record for record in self.node.told if record["kind"] == "run")
        self.assertEqual(self.contribution()["wireDigest"], weft.blobs_digest([b"masked", b"vectors"]))
        self.assertEqual(run["metrics"], {})
        self.assertEqual(run["fields"], {"num-examples": 5.0})

    def test_points_of_a_job_inside_the_sites_own_tell_nothing_twice(self):
        inner = Points(self.site)
        self.app(inner.mods)(message(), CONTEXT)
        self.assertEqual(self.kinds().count("round"), 1)

    def test_type_without_a_digest_ends_no_training_unless_it_fails_closed(self):
        def texts(given, context):
            return Message(RecordDict({"arrays": ArrayRecord({"w": Array(numpy.array(["a"]))})}), reply_to=given)

        for site, ends in ((self.site, False), (Site(Strict(), []), True)):
            app = ClientApp(site=site)
            app.train()(texts)
            with self.subTest(ends):
                if ends:
                    with self.assertRaises(weft.NoModel):
                        app(message(), CONTEXT)
                else:
                    with self.assertLogs("weft", logging.ERROR):
                        self.assertTrue(app(message(), CONTEXT).has_content())
        self.assertEqual(self.node.told, [])

    def test_evaluation_is_told(self):
        app = ClientApp(site=self.site)

        @app.evaluate()
        def evaluate(given, context):
            return Message(RecordDict({"metrics": MetricRecord({"accuracy": 0.5})}), reply_to=given)

        app(message("evaluate"), CONTEXT)
        self.assertEqual(self.node.told[-1]["event"], "evaluation")

    def test_client_names_its_member(self):
        legacy = ClientApp(client_fn=lambda context: None, site=self.site)
        for app in (self.app([]), legacy):
            reply = app(message("query.weft"), CONTEXT)
            self.assertEqual(reply.content.config_records["weft"]["member"], "hospital-a")


class RoundsTest(unittest.TestCase):
    def test_payload_that_was_changed_behind_the_wire_point_is_listed_as_it_came(self):
        rounds = Rounds(None, {7: "hospital-a", 8: "hospital-b"})
        rounds._sent_to, rounds.begun = [7, 8], Round(1, ROUND, "weft-model-v1:" + "11" * 32, None)
        reply = trained(message(), CONTEXT)
        reply.content["weft"] = ConfigRecord({"wire": "weft-model-v1:" + "00" * 32})
        reply.metadata.__dict__["_src_node_id"] = 7
        with self.assertLogs("weft", logging.ERROR):
            received = rounds.received([reply])
        self.assertEqual(received[0].wire, Leaves().of(arrays_of(reply.content)))
        self.assertEqual([(one.member, one.reason) for one in received[1:]], [("hospital-b", "no-reply")])


if __name__ == "__main__":
    unittest.main()

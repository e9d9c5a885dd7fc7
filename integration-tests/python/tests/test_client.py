"""The client and its spool: what a node that is away, slow, strange or hostile may do to a training."""

import logging
import os
import pathlib
import pickle
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest

import weft
from fake_node import TOKEN, FakeNode
from weft.spool import Spool


def note(name):
    return {"kind": "note", "externalId": name, "name": name}


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.node = FakeNode()
        self.addCleanup(self.node.stop)
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.file = pathlib.Path(home.name) / "below" / "spool.db"
        logging.getLogger("weft").setLevel(logging.CRITICAL)

    def client(self, **how):
        return weft.Client(self.node.url, TOKEN, spool=Spool(self.file, how.pop("limit", 1 << 20)), timeout=1, **how)

    def away(self):
        self.node.stop()

    def back(self):
        self.node.start()
        self.addCleanup(self.node.stop)

    def test_record_told_twice_is_there_once(self):
        client = self.client()
        self.assertFalse(client.record(note("a")).duplicate)
        self.assertTrue(client.record(note("a")).duplicate)
        self.assertEqual(client.member(), "hospital-a")

    def test_record_without_an_id_gets_one_so_that_a_replay_changes_nothing(self):
        self.client().record({"kind": "note", "name": "n"})
        self.assertEqual(len(self.node.records[0]["externalId"]), 32)

    def test_node_away_training_goes_on_and_order_is_kept(self):
        client = self.client()
        client.record(note("first"))
        self.away()
        answers = client.records([note("second"), note("third")])
        self.assertTrue(all(answer.spooled for answer in answers))
        started = time.monotonic()
        for n in range(20):
            client.record(note(f"more-{n}"))
        self.assertLess(time.monotonic() - started, 15)
        self.back()
        self.assertEqual(client.flush(), 0)
        names = [record["name"] for record in self.node.records]
        self.assertEqual(names, ["first", "second", "third"] + [f"more-{n}" for n in range(20)])

    def test_what_waits_goes_before_what_is_new(self):
        client = self.client()
        self.away()
        client.record(note("old"))
        self.back()
        fresh = self.client()
        fresh.record(note("new"))
        self.assertEqual([record["name"] for record in self.node.records], ["old", "new"])

    def test_killed_process_leaves_what_it_spooled(self):
        self.away()
        script = (
            "import os, signal, sys, weft; from weft.spool import Spool; import pathlib;"
            f"c = weft.Client({self.node.url!r}, {TOKEN!r}, spool=Spool(pathlib.Path({str(self.file)!r})), timeout=1);"
            "c.records([{'kind': 'note', 'externalId': str(n), 'name': str(n)} for n in range(5)]);"
            "os.kill(os.getpid(), signal.SIGKILL)"
        )
        killed = subprocess.run([sys.executable, "-c", script], capture_output=True)
        self.assertEqual(killed.returncode, -signal.SIGKILL)
        self.back()
        self.assertEqual(self.client().flush(), 0)
        self.assertEqual([record["name"] for record in self.node.records], list("01234"))

    def test_spool_is_its_owners_alone(self):
        self.away()
        self.client().record(note("a"))
        self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(self.file.parent).st_mode), 0o700)
        self.assertNotIn(TOKEN.encode(), self.file.read_bytes())

    def test_full_spool_loses_the_newest_and_says_so(self):
        self.away()
        client = self.client(limit=200)
        answers = [client.record(note(f"note-{n}")) for n in range(10)]
        self.assertTrue(answers[0].spooled)
        self.assertIn("lost", answers[-1].refused)
        self.assertLess(client.waiting(), 10)

    def test_fail_closed_is_an_error_and_spools_nothing(self):
        self.away()
        client = self.client(required=True)
        with self.assertRaises(weft.Unreachable):
            client.record(note("a"))
        self.assertFalse(self.file.exists())

    def test_refused_record_is_an_answer_or_an_error(self):
        self.assertIn("bad-value", self.client().record(note("bad")).refused)
        with self.assertRaises(weft.Refused) as refused:
            self.client(required=True).record(note("bad"))
        self.assertEqual(refused.exception.reason, "bad-value")

    def test_spooled_record_that_is_refused_is_put_aside_and_stops_nothing(self):
        self.away()
        client = self.client()
        client.records([note("good"), note("bad"), note("fine")])
        self.back()
        self.assertEqual(client.flush(), 0)
        self.assertEqual([record["name"] for record in self.node.records], ["good", "fine"])
        self.assertIn("bad-value", client.refused()[0][1])

    def test_request_that_is_refused_ends_no_training(self):
        self.node.answer = (413, '{"reason": "too-large", "message": "less"}', ())
        self.assertIn("too-large", self.client().record(note("a")).refused)
        with self.assertRaises(weft.Refused):
            self.client(required=True).record(note("a"))

    def test_spool_that_is_too_much_at_once_goes_one_by_one(self):
        self.away()
        client = self.client()
        client.records([note(f"n{n}") for n in range(5)])
        self.back()
        self.node.most = 1
        self.assertEqual(client.flush(), 0)
        self.assertEqual([record["name"] for record in self.node.records], [f"n{n}" for n in range(5)])

    def test_two_nodes_share_a_spool_and_get_their_own(self):
        other = FakeNode()
        self.addCleanup(other.stop)
        self.away()
        self.client().record(note("mine"))
        theirs = weft.Client(other.url, TOKEN, spool=Spool(self.file))
        self.assertEqual(theirs.flush(), 0)
        self.assertEqual(other.records, [])
        self.assertEqual(self.client().waiting(), 1)

    def test_redirection_is_not_followed(self):
        stranger = FakeNode()
        self.addCleanup(stranger.stop)
        for status in (301, 302, 307, 308):
            self.node.answer = (status, "{}", [("Location", stranger.url + "/v1/records/batch")])
            self.assertTrue(self.client().record(note("a")).spooled)
        self.assertEqual(stranger.seen, [])

    def test_proxy_of_the_environment_is_not_used(self):
        stranger = FakeNode()
        self.addCleanup(stranger.stop)
        os.environ["http_proxy"] = os.environ["HTTP_PROXY"] = stranger.url
        try:
            self.client().record(note("a"))
        finally:
            del os.environ["http_proxy"], os.environ["HTTP_PROXY"]
        self.assertEqual((len(self.node.seen), stranger.seen), (1, []))

    def test_strange_answers_are_no_answers(self):
        for answer in ((200, "no json", ()), (200, "[]", ()), (200, '{"results": []}', ()), (500, "{}", ()), (401, "{}", ())):
            self.node.answer = answer
            with self.subTest(answer), self.assertRaises(weft.Unreachable):
                self.client(required=True).record(note("a"))

    def test_token_is_shown_to_the_node_alone(self):
        client = self.client(required=True)
        self.node.answer = (500, "{}", ())
        with self.assertLogs("weft", logging.DEBUG) as logs:
            logging.getLogger("weft").debug("%r %s", client, client.__dict__)
            with self.assertRaises(weft.Unreachable) as failed:
                client.record(note("a"))
        self.assertNotIn(TOKEN, "".join(logs.output) + str(failed.exception) + repr(client))
        with self.assertRaises(TypeError):
            pickle.dumps(client._token)
        self.assertEqual(self.node.seen[0][1], f"Bearer {TOKEN}")

    def test_addresses_that_would_show_the_token_are_refused(self):
        for url in (
            "http://node.example:7878",
            "ftp://127.0.0.1",
            "http://me:secret@127.0.0.1:7878",
            "http://127.0.0.1:7878/elsewhere",
            "http://127.0.0.1.example:7878",
        ):
            with self.subTest(url), self.assertRaises(ValueError):
                weft.Client(url, TOKEN)
        weft.Client("https://node.example", TOKEN)
        weft.Client("http://[::1]:7878", TOKEN)


if __name__ == "__main__":
    unittest.main()

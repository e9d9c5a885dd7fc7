"""What capture adds to a Flower round of a 44 MB model: flower_bench.py URL TOKEN_FILE ROUNDS

Flower's own FedAvg, ClientApp, messages and a privacy mod, without a network between them: one client, whose rounds go alternately
without capture and with both points, the strategy and a node that answers. The node is coordinator and site at once. Prints JSON:
the median of each in milliseconds, and of their differences.
"""

import json
import os
import statistics
import sys
import time

os.environ["FLWR_TELEMETRY_ENABLED"] = "0"

import flwr.clientapp  # noqa: E402
import numpy  # noqa: E402
from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Message, MetricRecord, RecordDict  # noqa: E402
from flwr.serverapp.strategy import FedAvg  # noqa: E402
from flwr.supercore.task_identity import TaskIdentity  # noqa: E402

import weft  # noqa: E402
from weft.flower import ClientApp, WeftStrategy  # noqa: E402
from weft.site import Site  # noqa: E402

LAYERS, SHAPE = 62, (300, 592)  # as ResNet-18: 62 tensors, 44 MB
NODE = 7


class OneRun:
    run_id, fab_hash = 1, ""


class Grid:
    """Hands each message to the app and its reply back, as another process would see them: with bytes of their own."""

    run = OneRun()

    def __init__(self, app):
        self.app = app
        self.context = Context(run_id=1, node_id=NODE, node_config={}, state=RecordDict(), run_config={})

    def get_node_ids(self):
        return [NODE]

    def send_and_receive(self, messages, timeout=None):
        return [self.reply(message) for message in messages]

    def reply(self, message):
        message.metadata.__dict__["_message_id"] = "one"
        message.metadata.__dict__["_src_node_id"] = 1
        message.content = carried(message.content)
        reply = self.app(message, self.context)
        reply.metadata.__dict__["_src_node_id"] = NODE
        reply.content = carried(reply.content)
        return reply


def carried(content):
    for arrays in content.array_records.values():
        for name, array in arrays.items():
            arrays[name] = Array(array.dtype, array.shape, array.stype, bytes(bytearray(array.data)))
    return content


def noise(message, context, call_next):
    """A privacy mod, so that plaintext and wire are two models."""
    reply = call_next(message, context)
    arrays = {name: Array(array.numpy() + numpy.float32(0.01)) for name, array in reply.content["arrays"].items()}
    reply.content["arrays"] = ArrayRecord(arrays)
    return reply


def train(message, context):
    arrays = {name: Array(array.numpy() * numpy.float32(0.9)) for name, array in message.content["arrays"].items()}
    content = RecordDict({"arrays": ArrayRecord(arrays), "metrics": MetricRecord({"num-examples": 10})})
    return Message(content, reply_to=message)


def one_round(strategy, grid, number, arrays):
    start, busy = time.perf_counter(), time.process_time()
    messages = strategy.configure_train(number, arrays, ConfigRecord({"lr": 0.1}), grid)
    made, _ = strategy.aggregate_train(number, grid.send_and_receive(messages))
    return made, (1000 * (time.perf_counter() - start), 1000 * (time.process_time() - busy))


def main(url, token_file, rounds):
    TaskIdentity.task_id = TaskIdentity.run_id = TaskIdentity.node_id = 1
    client = weft.Client(url, token_file=token_file, required=True, timeout=60)
    fedavg = {"min_train_nodes": 1, "min_available_nodes": 1}
    plain, recorded = flwr.clientapp.ClientApp(), ClientApp(site=Site(client, []))
    for app in (plain, recorded):
        app.train(mods=[noise])(train)
    strategies = (FedAvg(**fedavg), WeftStrategy(FedAvg(**fedavg), client, line=f"bench-{os.getpid()}"))
    generator = numpy.random.default_rng(1)
    first = {f"layer{n}": Array(generator.standard_normal(SHAPE, numpy.float32)) for n in range(LAYERS)}
    models = [ArrayRecord(dict(first)), ArrayRecord(dict(first))]
    times = [[], []]
    for number in range(1, int(rounds) + 2):
        for which, grid in enumerate((Grid(plain), Grid(recorded))):
            models[which], spent = one_round(strategies[which], grid, number, models[which])
            times[which].append(spent)
    # The first of each is warm-up.
    without, captured = (taken[1:] for taken in times)
    print(
        json.dumps(
            {
                "without": statistics.median(wall for wall, _ in without),
                "with": statistics.median(wall for wall, _ in captured),
                "more": statistics.median(b - a for (a, _), (b, _) in zip(without, captured)),
                "processor": statistics.median(b - a for (_, a), (_, b) in zip(without, captured)),
                "rounds": len(without),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

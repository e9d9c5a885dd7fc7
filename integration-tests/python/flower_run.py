"""A real Flower run in simulation, of which each client belongs to another node: flower_run.py FEDERATION.json

The file names the coordinator's node and the sites' (url, token file, datasets), the training line and the number of rounds. Each
client does one step of linear regression on its own rows, with FedAvg at the server. With "privacy", the clients clip and
noise their updates. Prints the digest of the final model last.
"""

import json
import os
import pathlib
import sys

os.environ.update(FLWR_TELEMETRY_ENABLED="0", RAY_USAGE_STATS_ENABLED="0")

import numpy  # noqa: E402
from flwr.app import ArrayRecord, Message, MetricRecord, RecordDict  # noqa: E402
from flwr.clientapp.mod import LocalDpMod  # noqa: E402
from flwr.serverapp import ServerApp  # noqa: E402
from flwr.serverapp.strategy import FedAvg  # noqa: E402
from flwr.simulation import run_simulation  # noqa: E402

import weft  # noqa: E402
from weft import surroundings  # noqa: E402
from weft.flower import ClientApp, WeftStrategy  # noqa: E402
from weft.site import Site  # noqa: E402

TRUTH = numpy.array([[1.5], [-2.0], [0.5]])
SMALL = {  # two workers of Ray, as little of it besides as there can be
    "client_resources": {"num_cpus": 1},
    "init_args": {"num_cpus": 2, "include_dashboard": False, "object_store_memory": 100 << 20},
}


def client(node, **how):
    return weft.Client(node["url"], token_file=node["token"], timeout=30, **how)


def rows(number):
    generator = numpy.random.default_rng(number)
    x = generator.standard_normal((20 + 5 * number, 3))
    return x, x @ TRUTH + 0.01 * generator.standard_normal((len(x), 1))


def client_app(federation):
    sites = federation["sites"]

    def site(context):
        node = sites[context.node_config["partition-id"]]
        code = surroundings.code(pathlib.Path(__file__).parent / "weft", "the app")
        return Site(client(node, required=True), node["datasets"], code)

    app = ClientApp(site=site)
    privacy = [LocalDpMod(1.0, 1e-3, 1.0, 1e-5)] if federation.get("privacy") else []

    @app.train(mods=privacy)
    def train(message, context):
        x, y = rows(context.node_config["partition-id"])
        weights = message.content["arrays"]["weights"].numpy()
        error = x @ weights - y
        arrays = ArrayRecord({"weights": _array(weights - 0.3 * x.T @ error / len(x))})
        metrics = MetricRecord({"num-examples": len(x), "loss": float((error**2).mean())})
        return Message(RecordDict({"arrays": arrays, "metrics": metrics}), reply_to=message)

    @app.evaluate()
    def evaluate(message, context):
        x, y = rows(1000 + context.node_config["partition-id"])
        error = x @ message.content["arrays"]["weights"].numpy() - y
        metrics = MetricRecord({"num-examples": len(x), "loss": float((error**2).mean())})
        return Message(RecordDict({"metrics": metrics}), reply_to=message)

    return app


def _array(values):
    from flwr.app import Array

    return Array(numpy.asarray(values))


def server_app(federation, final):
    count = len(federation["sites"])
    app = ServerApp()

    @app.main()
    def main(grid, context):
        everybody = FedAvg(min_train_nodes=count, min_evaluate_nodes=count, min_available_nodes=count)
        strategy = WeftStrategy(
            everybody, client(federation["coordinator"], required=True), line=federation["line"], patience=60
        )
        initial = ArrayRecord({"weights": _array(numpy.zeros((3, 1)))})
        result = strategy.start(grid, initial, num_rounds=federation["rounds"])
        final.append(weft.model_digest({name: array.numpy() for name, array in result.arrays.items()}))

    return app


def main(file):
    federation = json.loads(pathlib.Path(file).read_text())
    final = []
    run_simulation(
        server_app(federation, final),
        client_app(federation),
        num_supernodes=len(federation["sites"]),
        backend_config=SMALL,
    )
    print(final[0])


if __name__ == "__main__":
    main(*sys.argv[1:])

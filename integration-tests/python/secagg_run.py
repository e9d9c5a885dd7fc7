"""A real SecAgg+ run of Flower in simulation, of which each client belongs to another node: secagg_run.py FEDERATION.json

The file names the coordinator's node and the sites' (url, token file, datasets), the training line and the number of rounds. The
server sees masked vectors alone. Prints the digest of the final model last.
"""

import json
import os
import pathlib
import sys

os.environ.update(FLWR_TELEMETRY_ENABLED="0", RAY_USAGE_STATS_ENABLED="0")

import numpy  # noqa: E402
from flwr.client import NumPyClient  # noqa: E402
from flwr.client.mod import secaggplus_mod  # noqa: E402
from flwr.common import ndarrays_to_parameters  # noqa: E402
from flwr.server import LegacyContext, ServerConfig  # noqa: E402
from flwr.server.strategy import FedAvg  # noqa: E402
from flwr.server.workflow import DefaultWorkflow, SecAggPlusWorkflow  # noqa: E402
from flwr.serverapp import ServerApp  # noqa: E402
from flwr.simulation import run_simulation  # noqa: E402

from flower_run import SMALL, client, rows  # noqa: E402
from weft.flower import ClientApp, WeftSecAgg  # noqa: E402
from weft.flower.records import Leaves  # noqa: E402
from weft.site import Site  # noqa: E402


class Regression(NumPyClient):
    def __init__(self, number):
        self._x, self._y = rows(number)

    def fit(self, parameters, config):
        weights = parameters[0]
        error = self._x @ weights - self._y
        return [weights - 0.3 * self._x.T @ error / len(self._x)], len(self._x), {}


def client_app(federation):
    sites = federation["sites"]

    def site(context):
        node = sites[context.node_config["partition-id"]]
        return Site(client(node, required=True), node["datasets"])

    def made(context):
        return Regression(context.node_config["partition-id"]).to_client()

    return ClientApp(client_fn=made, mods=[secaggplus_mod], site=site)


def server_app(federation, final):
    count = len(federation["sites"])
    app = ServerApp()

    @app.main()
    def main(grid, context):
        initial = ndarrays_to_parameters([numpy.zeros((3, 1))])
        fedavg = FedAvg(
            min_fit_clients=count, min_available_clients=count, fraction_evaluate=0.0, initial_parameters=initial
        )
        legacy = LegacyContext(context=context, config=ServerConfig(num_rounds=federation["rounds"]), strategy=fedavg)
        masked = WeftSecAgg(
            SecAggPlusWorkflow(num_shares=count, reconstruction_threshold=count - 1),
            client(federation["coordinator"], required=True),
            line=federation["line"],
        )
        DefaultWorkflow(fit_workflow=masked)(grid, legacy)
        final.append(Leaves().of(legacy.state.array_records["parameters"]))

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

"""A real NVFlare job in its simulator, of which each site has another node: nvflare_run.py NODES.json DIRECTORY

The job is exported as a researcher would hand it in. What records it stands in the sites' own privacy.json, outside of the job.
Prints the digest of the final model last.
"""

import json
import pathlib
import subprocess
import sys

import numpy
from nvflare.app_common.np.recipes.fedavg import NumpyFedAvgRecipe

import weft

HERE = pathlib.Path(__file__).resolve().parent


def policy(nodes, line):
    """local/privacy.json: a filter in every scope, and the recorder."""
    scope = {
        "name": "default",
        "properties": {},
        "task_result_filters": [{"path": "weft.nvflare.WeftFilter", "args": {}}],
    }
    arguments = {"nodes": str(nodes), "line": line, "required": True}
    recorder = {"id": "weft", "path": "weft.nvflare.WeftRecorder", "args": arguments}
    return {"scopes": [scope], "default_scope": "default", "components": [recorder]}


def main(nodes, directory):
    told = json.loads(pathlib.Path(nodes).read_text())
    sites = sorted(name for name in told if name not in ("server", "line"))
    home = pathlib.Path(directory)
    recipe = NumpyFedAvgRecipe(
        name="wards",
        model=numpy.zeros((3, 1)),
        min_clients=len(sites),
        num_rounds=2,
        train_script=str(HERE / "nvflare_job" / "train.py"),
    )
    recipe.export(str(home / "jobs"))
    workspace = home / "workspace"
    (workspace / "local").mkdir(parents=True)
    (workspace / "local" / "privacy.json").write_text(json.dumps(policy(nodes, told.get("line", "wards"))))
    line = ["nvflare", "simulator", str(home / "jobs" / "wards"), "-w", str(workspace), "-c", ",".join(sites), "-t", str(len(sites))]
    subprocess.run([str(pathlib.Path(sys.executable).parent / line[0]), *line[1:]], check=True)
    models = sorted(workspace.rglob("server.npy"))
    print(models)
    print(weft.model_digest({"numpy_key": numpy.load(models[-1])}))


if __name__ == "__main__":
    main(*sys.argv[1:])

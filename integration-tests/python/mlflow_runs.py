"""Logs two runs with a real MLflow client: mlflow_runs.py TRACKING_URI DIRECTORY. Prints the first one's id."""

import os
import pathlib
import sys

import mlflow
import pandas


class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input


def main(uri: str, directory: str) -> None:
    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment("wards")
    rows = pathlib.Path(directory) / "ward7.csv"
    rows.write_text("age,score\n61,0.5\n64,0.25\n")
    ids = []
    for name in ("first", "second"):
        with mlflow.start_run(run_name=name) as run:
            data = mlflow.data.from_pandas(pandas.read_csv(rows), source=str(rows), name="ward7")
            mlflow.log_input(data, context="training")
            mlflow.log_params({"lr": 0.1, "depth": 3})
            for step in range(5):
                mlflow.log_metric("loss", 1 / (step + 1), step=step)
            mlflow.log_metric("odd", float("inf"))
            if name == "first":
                mlflow.pyfunc.log_model(
                    name="model", python_model=Echo(), pip_requirements=["numpy"], registered_model_name="wardmodel"
                )
            ids.append(run.info.run_id)
    print(ids[0])


if __name__ == "__main__":
    main(*sys.argv[1:])

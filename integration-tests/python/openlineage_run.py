"""Tells of one run as Airflow does, packed and twice: openlineage_run.py URL KEY. Prints the run's id."""

import sys

import attr
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import DatasetFacet, parent_run, schema_dataset, source_code_location_job
from openlineage.client.transport.http import ApiKeyTokenProvider, HttpCompression, HttpConfig, HttpTransport
from openlineage.client.uuid import generate_new_uuid


@attr.define
class Content(DatasetFacet):
    """What an operator adds that knows the file."""

    digest: str


def main(url: str, key: str) -> None:
    client = OpenLineageClient(
        transport=HttpTransport(
            HttpConfig(url=url, auth=ApiKeyTokenProvider({"api_key": key}), compression=HttpCompression.GZIP)
        )
    )
    run = Run(
        str(generate_new_uuid()),
        facets={
            "parent": parent_run.ParentRunFacet(
                run=parent_run.Run(str(generate_new_uuid())), job=parent_run.Job("airflow", "nightly")
            )
        },
    )
    commit = source_code_location_job.SourceCodeLocationJobFacet(
        type="git", url="https://git.example/etl", version="0f" * 20
    )
    job = Job("airflow", "nightly.clean", facets={"sourceCodeLocation": commit})
    columns = schema_dataset.SchemaDatasetFacet(fields=[schema_dataset.SchemaDatasetFacetFields("age", "int")])
    start = RunEvent(
        eventTime="2026-11-21T08:00:00.123456", producer="https://airflow.example", run=run, job=job,
        eventType=RunState.START,
        inputs=[InputDataset("file", "/data/raw.csv", facets={"schema": columns, "weft_digest": Content("sha256:" + "2a" * 32)})],
    )
    running = RunEvent(
        eventTime="2026-11-21T08:01:00Z", producer="https://airflow.example", run=run, job=job,
        eventType=RunState.RUNNING,
        outputs=[OutputDataset("file", "/data/prepared.csv", facets={"weft_digest": Content("sha256:" + "2b" * 32)})],
    )
    for event in (start, running, start):
        client.emit(event)
    print(run.runId)


if __name__ == "__main__":
    main(*sys.argv[1:])

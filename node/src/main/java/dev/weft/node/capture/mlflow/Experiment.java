package dev.weft.node.capture.mlflow;

/** A group of runs, as the store has it. */
record Experiment(String id, String name) {}

/**
 * Reads an MLflow 2 or 3 tracking store: a server over REST, or its {@code mlflow.db} or file store where it lies. The door is
 * {@link dev.weft.node.capture.mlflow.MlflowReader}. Invariant: nothing is written to the store; of a server only the
 * address that the operator gave is asked, and no address in the metadata is; files are only hashed, where they lie on
 * this machine.
 */
@NullMarked
package dev.weft.node.capture.mlflow;

import org.jspecify.annotations.NullMarked;

package dev.weft.node.capture.mlflow;

import java.util.Optional;

/**
 * A model that a run logged (MLflow 3).
 *
 * @param artifacts where its files lie, a path or a URL that is not fetched
 * @param type what made it, for example {@code sklearn}
 */
record LoggedModel(String id, String name, Optional<String> artifacts, Optional<String> type) {}

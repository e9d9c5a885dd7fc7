package dev.weft.node.capture.mlflow;

import java.util.Optional;

/**
 * A version of a registered model.
 *
 * @param source where it came from: {@code models:/m-ID}, {@code runs:/ID/PATH}, or a path
 * @param created milliseconds of the epoch
 */
record ModelVersion(String name, String version, Optional<String> run, Optional<String> source, long created) {

    private static final String LOGGED = "models:/";

    /** The logged model that was registered, if the store says so. */
    Optional<String> loggedModel() {
        return source.filter(text -> text.startsWith(LOGGED + "m-")).map(text -> text.substring(LOGGED.length()));
    }
}

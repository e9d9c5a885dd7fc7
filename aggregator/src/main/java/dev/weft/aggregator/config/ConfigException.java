package dev.weft.aggregator.config;

/** A setting that cannot be used. The message names the setting, where it was given, and what to write instead. */
public final class ConfigException extends Exception {
    public ConfigException(String message) {
        super(message);
    }
}

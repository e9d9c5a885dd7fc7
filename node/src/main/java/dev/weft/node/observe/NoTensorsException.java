package dev.weft.node.observe;

import java.io.IOException;

/** A file whose name promises tensors holds none that can be read; the message says why. */
final class NoTensorsException extends IOException {
    private static final long serialVersionUID = 1L;

    NoTensorsException(String message) {
        super(message);
    }
}

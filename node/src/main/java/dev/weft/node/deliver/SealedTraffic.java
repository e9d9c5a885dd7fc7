package dev.weft.node.deliver;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.SealedAnswer;
import dev.weft.proto.v1.SealedMessage;

/**
 * What members send each other sealed, over delivery's stream. All calls come on delivery's thread and return at once.
 */
public interface SealedTraffic {
    /** The way out; for any thread. What is said after the stream's end is dropped. */
    interface Wire {
        /** The next one only after the answer. */
        void send(SealedMessage message);

        /** It is on disk here, or not wanted. */
        void taken(Digest id);
    }

    /** Whether this node takes sealed messages. */
    boolean reads();

    /** A stream was welcomed. */
    void connected(Wire wire);

    /** That stream is over. */
    void disconnected();

    void arrived(SealedMessage message);

    void answered(SealedAnswer answer);

    /** Sends and reads nothing. */
    SealedTraffic NONE = new SealedTraffic() {
        @Override
        public boolean reads() {
            return false;
        }

        @Override
        public void connected(Wire wire) {}

        @Override
        public void disconnected() {}

        @Override
        public void arrived(SealedMessage message) {}

        @Override
        public void answered(SealedAnswer answer) {}
    };
}

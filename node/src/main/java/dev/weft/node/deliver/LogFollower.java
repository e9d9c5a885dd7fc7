package dev.weft.node.deliver;

import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.v1.AddCheckpoint;
import dev.weft.proto.v1.CosignatureLines;
import dev.weft.proto.v1.EntriesRequest;
import dev.weft.proto.v1.EntryBatch;
import dev.weft.proto.v1.FinalCheckpoint;
import dev.weft.proto.v1.Witnessing;
import java.util.Optional;

/**
 * What this node does with the shared log beside delivering to it. It shares delivery's stream. All calls come on
 * delivery's thread and return at once.
 */
public interface LogFollower {
    /** The way back on the stream; for any thread. What is said after the stream's end is dropped. */
    interface Wire {
        void ask(EntriesRequest request);

        void answer(CosignatureLines lines);

        /** Gives the stream up; another one is opened later. */
        void giveUp(String why);
    }

    /** What the next stream's hello says; empty where the node does not witness. */
    Optional<Witnessing> witnessing();

    /** A stream was welcomed. */
    void connected(Wire wire);

    /** That stream is over. */
    void disconnected();

    /** A checkpoint came that was believed and kept. */
    void verified(TreeHead head);

    void asked(AddCheckpoint request);

    void entries(EntryBatch batch);

    void finality(FinalCheckpoint checkpoint);

    /** Does nothing. */
    LogFollower NONE = new LogFollower() {
        @Override
        public Optional<Witnessing> witnessing() {
            return Optional.empty();
        }

        @Override
        public void connected(Wire wire) {}

        @Override
        public void disconnected() {}

        @Override
        public void verified(TreeHead head) {}

        @Override
        public void asked(AddCheckpoint request) {}

        @Override
        public void entries(EntryBatch batch) {}

        @Override
        public void finality(FinalCheckpoint checkpoint) {}
    };
}

package dev.weft.node.disclose;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One request, as this node keeps it.
 *
 * @param number for people, from 1
 * @param commitments that stand in the statement
 * @param fields asked for of the records that those belong to; empty: the committed fields themselves
 * @param words why it is asked, where this node knows it
 * @param index of the request in the shared log, once this node's copy holds it
 * @param answer once there is one
 * @param letter what was opened for this node, after it proved; empty at the site that opened it
 * @param note what a person should know of it
 */
public record Asked(
        long number,
        Digest request,
        Side side,
        String requester,
        String owner,
        Digest statement,
        List<ByteString> commitments,
        List<String> fields,
        String purpose,
        Optional<String> words,
        Instant at,
        OptionalLong index,
        State state,
        Optional<Answer> answer,
        Optional<ByteString> letter,
        Optional<String> note) {

    public Asked {
        commitments = List.copyOf(commitments);
        fields = List.copyOf(fields);
    }

    /** Who asked whom. */
    public enum Side {
        /** This node asked. */
        OUR_OWN,
        /** Another member asked this node. */
        OF_US
    }

    /** How far it came. */
    public enum State {
        /** Our own, without an answer in our copy of the log. */
        ASKED,
        /** Of us: waits for the data steward. */
        WAITING,
        /** Decided: the fields were opened. At the reader they have not come yet. */
        GRANTED,
        /** Decided: nothing was opened. */
        REFUSED,
        /** Our own: what was opened is here, and proved. */
        OPENED,
        /** Our own: granted, and what came cannot be shown. */
        FAILED;

        /** The form in answers. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A decision.
     *
     * @param decision id of the statement
     * @param by a person or the policy at the site; the site's name at the reader
     * @param reason stable code, where refused or failed
     */
    public record Answer(
            Digest decision,
            OptionalLong index,
            String by,
            Instant at,
            Optional<String> reason,
            Optional<String> words) {}

    /** The member on the other side. */
    public String other() {
        return side == Side.OUR_OWN ? owner : requester;
    }
}

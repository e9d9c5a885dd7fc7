package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.MemoryGraph;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.BundleQuestion;
import java.util.Optional;

/** What somebody asks a bundle for, as people write it. */
public final class BundleRequest {
    private final String kind;
    private final String text;
    private final ByteString letter;

    private BundleRequest(String kind, String text) {
        this(kind, text, ByteString.EMPTY);
    }

    private BundleRequest(String kind, String text, ByteString letter) {
        this.kind = kind;
        this.text = text;
        this.letter = letter;
    }

    /** Where does the model of this digest string come from? */
    public static BundleRequest model(String digest) {
        return new BundleRequest("model", digest);
    }

    /** What came of the round of this id in hex, or {@code LINE/NUMBER}? */
    public static BundleRequest round(String round) {
        return new BundleRequest("round", round);
    }

    /** What did the member of this name say? */
    public static BundleRequest member(String name) {
        return new BundleRequest("member", name);
    }

    /** What was opened by the answer to the request of this id? Its reader shows the letter that came. */
    public static BundleRequest disclosure(Digest request, ByteString letter) {
        return new BundleRequest("disclosure", request.hex(), letter);
    }

    /** The part that goes beside the entries: what is opened; empty but for a disclosure. */
    ByteString letter() {
        return letter;
    }

    /** The question, with a round's place turned into its id by the graph of the whole log. */
    BundleQuestion resolve(MemoryGraph graph) throws VerificationException {
        return switch (kind) {
            case "model" ->
                BundleQuestion.newBuilder()
                        .setModel(ContentDigest.parse(text).toString())
                        .build();
            case "round" ->
                BundleQuestion.newBuilder()
                        .setRound(roundId(graph).toByteString())
                        .build();
            case "disclosure" ->
                BundleQuestion.newBuilder()
                        .setDisclosure(Digest.fromHex(text).toByteString())
                        .build();
            default ->
                BundleQuestion.newBuilder()
                        .setMember(MemberName.parse(text).value())
                        .build();
        };
    }

    private Digest roundId(MemoryGraph graph) throws VerificationException {
        int slash = text.lastIndexOf('/');
        Optional<Digest> found = Optional.empty();
        if (text.matches("[0-9a-f]{64}")) {
            found = Optional.of(Digest.fromHex(text))
                    .filter(id -> graph.round(id).isPresent());
        } else if (slash > 0 && text.substring(slash + 1).matches("[1-9][0-9]{0,8}")) {
            found = graph.roundAt(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
        }
        return found.orElseThrow(() -> new VerificationException(
                Reason.UNKNOWN_ROUND,
                "The log has no round " + text + " up to this checkpoint; write LINE/NUMBER or 64 hex digits."));
    }
}

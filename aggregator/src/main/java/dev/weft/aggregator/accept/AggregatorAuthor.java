package dev.weft.aggregator.accept;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.standing.Requirement;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Header;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The author {@code aggregator}: fills the header in its turn and signs. */
public final class AggregatorAuthor {
    private final SigningKey key;
    private final SecondSigners seconds;
    private final InstantSource clock;

    public AggregatorAuthor(SigningKey key, SecondSigners seconds, InstantSource clock) {
        this.key = key;
        this.seconds = seconds;
        this.clock = clock;
    }

    /** Signs a body as the author's next statement. */
    OpenedEnvelope sign(Message body, Standing standing, TreeHead seen) throws VerificationException {
        Optional<Requirement> required = standing.requirement();
        List<Signatory> keys =
                required.isPresent() ? List.of(key, second(required.get()).statement()) : List.of(key);
        return sign(body, MemberName.AGGREGATOR, standing, seen, keys, clock);
    }

    /** This aggregator's second keys, where root requires them. */
    SecondSigners.Pair second(Requirement requirement) throws VerificationException {
        return seconds.of(requirement);
    }

    /** Signs a body as the next statement of an author without a site log. */
    public static OpenedEnvelope sign(
            Message body,
            MemberName author,
            Standing standing,
            TreeHead seen,
            List<? extends Signatory> keys,
            InstantSource clock)
            throws VerificationException {
        AuthorState state = standing.author(author);
        Header.Builder header = Header.newBuilder()
                .setFederation(standing.federation().toByteString())
                .setAudience(standing.origin())
                .setAuthor(author.value())
                .setIncarnation(state.incarnation())
                .setSeq(state.nextSeq())
                .setPrev(state.prev().toByteString())
                .setRecordedAt(WireTime.print(clock.instant()));
        if (!seen.isEmpty()) {
            header.setSeen(seen.toProto());
        }
        FieldDescriptor field = body.getDescriptorForType().findFieldByName("header");
        Message whole = body.toBuilder().setField(field, header.build()).build();
        return EnvelopeOpener.open(EnvelopeSigner.sign(whole, keys).bytes(), standing.limits());
    }
}

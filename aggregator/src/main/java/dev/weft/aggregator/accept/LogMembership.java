package dev.weft.aggregator.accept;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.members.MembershipLog;
import dev.weft.aggregator.publish.PublishedHead;
import dev.weft.proto.identity.Admission;
import dev.weft.proto.log.LogStore;
import dev.weft.proto.standing.Continuations;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.ProvenContinuation;
import dev.weft.proto.v1.ProvenRequirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The door into the log for memberships. */
public final class LogMembership implements MembershipLog {
    private final Appender appender;
    private final LogStore readers;

    public LogMembership(Appender appender, LogStore readers) {
        this.appender = appender;
        this.readers = readers;
    }

    @Override
    public CompletableFuture<Long> admit(Admission admission) {
        return appender.state(admission.toMembership()).thenApply(Accepted::index);
    }

    @Override
    public CompletableFuture<Long> rollOver(OpenedEnvelope rollover) {
        return appender.submit(rollover, List.of(), List.of()).thenApply(Accepted::index);
    }

    @Override
    public Proved prove(long membershipIndex) {
        PublishedHead head = appender.published().current();
        return new Proved(
                readers.entry(0),
                head.log().inclusion(0, head.size()),
                readers.entry(membershipIndex),
                head.log().inclusion(membershipIndex, head.size()),
                head.note(),
                continuations(head),
                requirement(head));
    }

    private Optional<ProvenRequirement> requirement(PublishedHead head) {
        return appender.standing()
                .requirement()
                .filter(required -> required.index() > 0 && required.index() < head.size())
                .map(required -> ProvenRequirement.newBuilder()
                        .setIndex(required.index())
                        .setEntry(readers.entry(required.index()))
                        .addAllInclusion(head.log()
                                .inclusion(required.index(), head.size())
                                .toProto())
                        .build());
    }

    private List<ProvenContinuation> continuations(PublishedHead head) {
        List<ProvenContinuation> proven = new ArrayList<>();
        for (ByteString genesis : appender.standing().continuations()) {
            long index = Continuations.index(genesis);
            proven.add(ProvenContinuation.newBuilder()
                    .setGenesis(genesis)
                    .addAllInclusion(head.log().inclusion(index, head.size()).toProto())
                    .build());
        }
        return proven;
    }
}

package dev.weft.aggregator.cli;

import dev.weft.aggregator.KeyFiles;
import dev.weft.aggregator.SecondKeyFiles;
import dev.weft.aggregator.accept.AggregatorAuthor;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.Revoke;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "revoke", description = "End a membership for good, signed with the root key.")
final class RevokeCommand implements Callable<Integer> {
    @Mixin
    private Place place = new Place();

    @Parameters(paramLabel = "MEMBER", description = "Whose membership ends.")
    private String member = "";

    @Option(names = "--suspect-from", paramLabel = "INDEX", description = "Mark its entries from there on as suspect.")
    private long suspectFrom;

    @Option(names = "--root-key", paramLabel = "FILE", description = "Default: root.key in the directory.")
    private @Nullable Path rootKey;

    @Override
    public Integer call() throws Exception {
        MemberName name = MemberName.parse(member);
        OfflineLog.Look look = OfflineLog.look(place.directory());
        if (suspectFrom < 0 || suspectFrom > look.head().size()) {
            throw new VerificationException(
                    Reason.BAD_VALUE,
                    "--suspect-from is a log index, and the log has "
                            + look.head().size() + " entries; look the first doubtful one up.");
        }
        List<Signatory> root = SecondKeyFiles.root(
                rootKey != null ? rootKey : place.directory().resolve(KeyFiles.ROOT), look.standing());
        Key revocation = Key.newBuilder()
                .setRevoke(Revoke.newBuilder().setMember(name.value()).setSuspectFrom(suspectFrom))
                .build();
        OpenedEnvelope signed = AggregatorAuthor.sign(
                revocation, MemberName.ROOT, look.standing(), look.head(), root, InstantSource.system());
        new Change(place)
                .make(
                        member + " revoked",
                        daemon -> daemon.statement(signed.bytes()).get("index").getAsLong(),
                        actions -> actions.statement(signed.bytes()));
        return 0;
    }
}

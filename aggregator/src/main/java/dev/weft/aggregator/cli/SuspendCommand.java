package dev.weft.aggregator.cli;

import dev.weft.proto.identity.MemberName;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "suspend", description = "Close a member's connections and refuse what it sends, until it is resumed.")
final class SuspendCommand implements Callable<Integer> {
    @Mixin
    private Place place = new Place();

    @Parameters(paramLabel = "MEMBER", description = "Whom to refuse.")
    private String member = "";

    @Override
    public Integer call() throws Exception {
        MemberName name = MemberName.parse(member);
        new Change(place)
                .make(
                        member + " suspended",
                        daemon -> daemon.member("suspend", member).get("index").getAsLong(),
                        actions -> actions.suspend(name));
        return 0;
    }
}

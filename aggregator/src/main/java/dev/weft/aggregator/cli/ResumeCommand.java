package dev.weft.aggregator.cli;

import dev.weft.proto.identity.MemberName;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "resume", description = "Let a suspended member speak again.")
final class ResumeCommand implements Callable<Integer> {
    @Mixin
    private Place place = new Place();

    @Parameters(paramLabel = "MEMBER", description = "Whom to hear again.")
    private String member = "";

    @Override
    public Integer call() throws Exception {
        MemberName name = MemberName.parse(member);
        new Change(place)
                .make(
                        member + " resumed",
                        daemon -> daemon.member("resume", member).get("index").getAsLong(),
                        actions -> actions.resume(name));
        return 0;
    }
}

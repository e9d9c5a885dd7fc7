package dev.weft.aggregator.cli;

import dev.weft.aggregator.members.MemberLines;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "members", description = "List the members and how they stand.")
final class MembersCommand implements Callable<Integer> {
    @Mixin
    private Place place = new Place();

    @Override
    public Integer call() throws Exception {
        OfflineLog.Look look = OfflineLog.look(place.directory());
        place.out().print(place.json() ? MemberLines.json(look.standing()) + "\n" : MemberLines.text(look.standing()));
        place.out().flush();
        return 0;
    }
}

package dev.weft.aggregator.cli;

import com.google.gson.JsonObject;
import dev.weft.aggregator.db.CosignatureStore;
import dev.weft.aggregator.members.MemberLines;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "status", description = "Say how the federation, its log and its graph stand.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private Place place = new Place();

    @Override
    public Integer call() throws Exception {
        OfflineLog.Look look = OfflineLog.look(place.directory());
        Optional<Daemon> daemon = Daemon.find(place.directory());
        JsonObject finality = finality(look, daemon);
        if (place.json()) {
            JsonObject json = new JsonObject();
            json.addProperty("federation", look.federation().id().hex());
            json.addProperty("name", look.federation().name());
            json.addProperty("origin", look.federation().origin());
            json.addProperty("size", look.head().size());
            json.addProperty("root", look.head().root().hex());
            json.addProperty("projected", look.projected());
            json.addProperty("running", daemon.isPresent());
            json.addProperty("witnessPolicy", look.standing().policy().isPresent());
            json.add("finality", finality);
            json.add("members", MemberLines.json(look.standing()));
            place.out().println(json);
            return 0;
        }
        place.out()
                .println("federation  " + look.federation().name() + " "
                        + look.federation().id());
        place.out()
                .println("log         " + look.federation().origin() + ", "
                        + look.head().size() + " entries, root " + look.head().root());
        place.out().println("graph       " + look.projected() + " entries projected");
        FinalityText.lines(finality).forEach(place.out()::println);
        place.out().println("daemon      " + daemon.map(Daemon::description).orElse("not running"));
        place.out().print(MemberLines.text(look.standing()));
        place.out().flush();
        return 0;
    }

    /** Only the daemon knows who is missing; without it, what was final when it stopped. */
    private JsonObject finality(OfflineLog.Look look, Optional<Daemon> daemon) throws Exception {
        if (daemon.isPresent()) {
            return daemon.get().status().getAsJsonObject("finality");
        }
        JsonObject json = new JsonObject();
        json.addProperty(
                "size",
                CosignatureStore.newest(place.directory(), look.federation().origin())
                        .map(CosignatureStore.Final::size)
                        .orElse(0L));
        json.addProperty("stated", !look.standing().policies().isEmpty());
        return json;
    }
}

package dev.weft.aggregator.cli;

import dev.weft.aggregator.Rebuild;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "rebuild",
        description = "Build the graph anew from the log and compare; no daemon may run. Exits with 1 if it differed.")
final class RebuildCommand implements Callable<Integer> {
    @Mixin
    private Place place = new Place();

    @Override
    public Integer call() throws Exception {
        Rebuild.Result result = Rebuild.run(place.config());
        place.out().println(result.entries() + " entries projected, " + result.unprojected() + " could not be");
        place.out().println("before " + result.before());
        place.out().println("after  " + result.after());
        boolean equal = result.before().equals(result.after());
        place.out()
                .println(
                        equal
                                ? "equal, byte for byte"
                                : "different: the graph was behind or damaged, and is what the log says now");
        return equal ? 0 : Main.FAILED;
    }
}

package dev.weft.aggregator.cli;

import com.google.gson.JsonObject;
import dev.weft.aggregator.config.Settings;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "config", description = "Settings.", subcommands = ConfigCommand.Show.class)
final class ConfigCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    @Command(name = "show", description = "Print every setting, its value and where it comes from.")
    static final class Show implements Callable<Integer> {
        @Mixin
        private Place place = new Place();

        @Override
        public Integer call() throws Exception {
            JsonObject json = new JsonObject();
            for (Settings.Effective setting : place.config().settings().all()) {
                if (place.json()) {
                    json.addProperty(setting.key().key(), setting.shown());
                } else {
                    place.out()
                            .println(String.format(
                                    Locale.ROOT,
                                    "%-20s = %-24s # %s; %s",
                                    setting.key().key(),
                                    setting.shown(),
                                    setting.origin(),
                                    setting.key().description()));
                }
            }
            if (place.json()) {
                place.out().println(json);
            }
            return 0;
        }
    }
}

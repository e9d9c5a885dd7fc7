package dev.weft.node.cli;

import dev.weft.node.config.ConfigException;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.config.Settings;
import dev.weft.node.http.AdminRoutes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Settings. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        description = "Says what the node is told.",
        subcommands = ConfigCommand.Show.class)
final class ConfigCommand extends Group {
    /** Shows. */
    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows every setting as a start would take it, with where it comes from; secrets are masked.")
    static final class Show extends NodeCommand {
        @Option(names = "--set", paramLabel = "KEY=VALUE", description = "As with serve.")
        private Map<String, String> settings = new LinkedHashMap<>();

        @Override
        int run() throws ConfigException {
            NodeConfig config = NodeConfig.load(common().directory(), System.getenv(), settings);
            if (common().json()) {
                console().json(AdminRoutes.describe(config.settings()));
                return Exit.OK;
            }
            List<List<String>> rows = new ArrayList<>();
            for (Settings.Effective setting : config.settings().all()) {
                rows.add(List.of(
                        setting.key().key(),
                        setting.shown().isEmpty() ? "-" : setting.shown(),
                        setting.origin().toString(),
                        setting.key().description()));
            }
            console().table(List.of("setting", "value", "from", "what it does"), rows);
            return Exit.OK;
        }
    }
}

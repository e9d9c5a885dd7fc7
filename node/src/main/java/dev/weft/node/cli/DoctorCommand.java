package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.node.config.ConfigException;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.upkeep.Doctor;
import dev.weft.node.upkeep.Finding;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

/** Looks for what is wrong. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Looks at the directory, the certificate, the clock, the aggregator and the outbox, and says what to do."
                        + " Exits with 1 where something is broken.")
final class DoctorCommand extends NodeCommand {
    @Override
    int run() throws ConfigException {
        NodeConfig config = NodeConfig.load(common().directory(), System.getenv(), Map.of());
        List<Finding> findings = new ArrayList<>(new Doctor(config, InstantSource.system()).look(running()));
        boolean broken = findings.stream().anyMatch(finding -> finding.level() == Finding.Level.BROKEN);
        if (common().json()) {
            JsonArray all = new JsonArray();
            for (Finding finding : findings) {
                JsonObject one = new JsonObject();
                one.addProperty("check", finding.check());
                one.addProperty("level", finding.level().name().toLowerCase(Locale.ROOT));
                one.addProperty("detail", finding.detail());
                one.addProperty("advice", finding.advice());
                all.add(one);
            }
            JsonObject body = new JsonObject();
            body.add("findings", all);
            console().json(body);
        } else {
            List<List<String>> rows = findings.stream()
                    .map(f -> List.of(
                            f.level().name().toLowerCase(Locale.ROOT),
                            f.check(),
                            f.detail() + (f.advice().isEmpty() ? "" : "; " + f.advice())))
                    .toList();
            console().table(List.of("", "check", "finding"), rows);
        }
        return broken ? Exit.UNVERIFIED : Exit.OK;
    }

    /** The running node's own status, where one runs. */
    private Optional<JsonObject> running() {
        try {
            return LocalClient.running(common().directory())
                    ? Optional.of(client().get("/v1/status"))
                    : Optional.empty();
        } catch (CliException e) {
            return Optional.empty();
        }
    }
}

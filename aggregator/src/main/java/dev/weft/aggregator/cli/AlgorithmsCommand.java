package dev.weft.aggregator.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.proto.standing.Member;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.v1.KeyAlgorithm;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "algorithms",
        description = "See which signatures the federation requires.",
        subcommands = AlgorithmsCommand.Show.class)
final class AlgorithmsCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    @Command(
            name = "show",
            description = "Show which signatures are required, and who has not enrolled a second key of ML-DSA-44.")
    static final class Show implements Callable<Integer> {
        @Mixin
        private Place place = new Place();

        @Override
        public Integer call() throws Exception {
            Standing standing = OfflineLog.look(place.directory()).standing();
            List<Member> bound =
                    standing.members().stream().filter(Show::counts).toList();
            List<Member> missing =
                    bound.stream().filter(member -> !member.keys().hasSecond()).toList();
            if (place.json()) {
                place.out().println(json(standing, bound.size(), missing));
                return 0;
            }
            place.out().println("required  " + String.join(", ", required(standing)) + ", by genesis");
            place.out()
                    .println("ml-dsa-44 enrolled by " + (bound.size() - missing.size()) + " of " + bound.size()
                            + " members that are neither suspended nor revoked");
            if (!missing.isEmpty()) {
                place.out()
                        .println("missing   "
                                + missing.stream().map(m -> m.name().value()).collect(Collectors.joining(", "))
                                + ": each stops its node and runs 'weft-node key rotate second'");
            }
            return 0;
        }

        /** Those who would have to sign with it: docs/protocol.md section 6. */
        private static boolean counts(Member member) {
            return member.revokedAt().isEmpty() && !member.suspended();
        }

        private static List<String> required(Standing standing) {
            return standing.genesis().getRequiredSignaturesList().stream()
                    .map(Show::text)
                    .toList();
        }

        private static String text(KeyAlgorithm algorithm) {
            return algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private static JsonObject json(Standing standing, int bound, List<Member> missing) {
            JsonArray required = new JsonArray();
            required(standing).forEach(required::add);
            JsonArray names = new JsonArray();
            missing.forEach(member -> names.add(member.name().value()));
            JsonObject second = new JsonObject();
            second.addProperty("algorithm", text(KeyAlgorithm.ML_DSA_44));
            second.addProperty("enrolled", bound - missing.size());
            second.addProperty("members", bound);
            second.add("missing", names);
            JsonObject all = new JsonObject();
            all.add("required", required);
            all.add("second", second);
            return all;
        }
    }
}

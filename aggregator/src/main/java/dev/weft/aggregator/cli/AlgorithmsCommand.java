package dev.weft.aggregator.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.aggregator.KeyFiles;
import dev.weft.aggregator.SecondKeyFiles;
import dev.weft.aggregator.accept.AggregatorAuthor;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.standing.Member;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.Require;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "algorithms",
        description = "See and say which signatures the federation requires.",
        subcommands = {AlgorithmsCommand.Show.class, AlgorithmsCommand.RequireSecond.class})
final class AlgorithmsCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    /** Refuses the name of an algorithm that cannot be required. */
    static void requireKnown(String name, CommandLine command) {
        if (!name.equals(text(KeyAlgorithm.ML_DSA_44))) {
            throw new CommandLine.ParameterException(
                    command, "'" + name + "' cannot be required; ml-dsa-44 is the one second signature that can");
        }
    }

    private static String text(KeyAlgorithm algorithm) {
        return algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Command(
            name = "require",
            description =
                    "Require a second signature of every entry and checkpoint from now on, signed with the root key."
                            + " It cannot be taken back.")
    static final class RequireSecond implements Callable<Integer> {
        @Mixin
        private Place place = new Place();

        @Parameters(paramLabel = "ALGORITHM", description = "ml-dsa-44.")
        private String algorithm = "";

        @Option(names = "--root-key", paramLabel = "FILE", description = "Default: root.key in the directory.")
        private @Nullable Path rootKey;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            if (spec != null) {
                requireKnown(algorithm, spec.commandLine());
            }
            OfflineLog.Look look = OfflineLog.look(place.directory());
            Path file = rootKey != null ? rootKey : place.directory().resolve(KeyFiles.ROOT);
            SigningKey root = KeyFiles.signing(file);
            // The keys first: root signs for none that a crash could lose.
            SecondKeyFiles.Made second = SecondKeyFiles.make(place.directory(), file, new SecureRandom());
            OpenedEnvelope signed = AggregatorAuthor.sign(
                    Key.newBuilder()
                            .setRequire(Require.newBuilder().setKeys(second.keys()))
                            .build(),
                    MemberName.ROOT,
                    look.standing(),
                    look.head(),
                    List.of(root, second.root()),
                    InstantSource.system());
            new Change(place)
                    .make(
                            "ml-dsa-44 required: keep " + file.resolveSibling("root-second.key")
                                    + " with the root key; stated",
                            daemon -> daemon.statement(signed.bytes())
                                    .get("index")
                                    .getAsLong(),
                            actions -> actions.statement(signed.bytes()));
            return 0;
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
                    standing.members().stream().filter(Member::isBound).toList();
            List<Member> missing = standing.withoutSecond();
            if (place.json()) {
                place.out().println(json(standing, bound.size(), missing));
                return 0;
            }
            place.out()
                    .println("required  " + String.join(", ", required(standing))
                            + standing.requirement()
                                    .filter(second -> second.index() > 0)
                                    .map(second -> ", the second since entry " + second.index())
                                    .orElse(", by genesis"));
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

        private static List<String> required(Standing standing) {
            String first = text(KeyAlgorithm.ED25519);
            return standing.requirement().isPresent() ? List.of(first, text(KeyAlgorithm.ML_DSA_44)) : List.of(first);
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
            standing.requirement().ifPresent(by -> all.addProperty("secondSince", by.index()));
            all.add("second", second);
            return all;
        }
    }
}

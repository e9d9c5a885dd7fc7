package dev.weft.aggregator.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.aggregator.KeyFiles;
import dev.weft.aggregator.SecondKeyFiles;
import dev.weft.aggregator.accept.AggregatorAuthor;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.standing.Member;
import dev.weft.proto.standing.StatedPolicy;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "policy",
        description = "Say whose cosignatures make a checkpoint final.",
        subcommands = {PolicyCommand.Set.class, PolicyCommand.Show.class, PolicyCommand.Suggest.class})
final class PolicyCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    @Command(name = "set", description = "State a witness policy, signed with the root key.")
    static final class Set implements Callable<Integer> {
        @Mixin
        private Place place = new Place();

        @Parameters(paramLabel = "FILE", description = "As 'policy suggest' prints it.")
        private Path file = Path.of("");

        @Option(names = "--root-key", paramLabel = "FILE", description = "Default: root.key in the directory.")
        private @Nullable Path rootKey;

        @Override
        public Integer call() throws Exception {
            OfflineLog.Look look = OfflineLog.look(place.directory());
            Policy policy = PolicyFile.read(Files.readAllLines(file), look.standing());
            List<Signatory> root = SecondKeyFiles.root(
                    rootKey != null ? rootKey : place.directory().resolve(KeyFiles.ROOT), look.standing());
            OpenedEnvelope signed = AggregatorAuthor.sign(
                    policy, MemberName.ROOT, look.standing(), look.head(), root, InstantSource.system());
            if (!place.json()) {
                PolicyText.lines(policy, look.standing()).forEach(place.out()::println);
            }
            new Change(place)
                    .make(
                            "policy stated; in force once "
                                    + (look.standing().policies().isEmpty() ? "its" : "the old and the new")
                                    + " witnesses have cosigned,",
                            daemon -> daemon.statement(signed.bytes())
                                    .get("index")
                                    .getAsLong(),
                            actions -> actions.statement(signed.bytes()));
            return 0;
        }
    }

    @Command(name = "show", description = "Show what root has said on witnesses; 'status' says what is in force.")
    static final class Show implements Callable<Integer> {
        @Mixin
        private Place place = new Place();

        @Override
        public Integer call() throws Exception {
            OfflineLog.Look look = OfflineLog.look(place.directory());
            List<StatedPolicy> stated = look.standing().policies();
            if (place.json()) {
                JsonArray policies = new JsonArray();
                for (StatedPolicy one : stated) {
                    JsonObject json = PolicyText.json(one.policy(), look.standing());
                    json.addProperty("index", one.index());
                    policies.add(json);
                }
                JsonObject all = new JsonObject();
                all.add("policies", policies);
                place.out().println(all);
                return 0;
            }
            if (stated.isEmpty()) {
                place.out().println("no witness policy: nothing is called final. Make one with 'policy suggest'.");
                return 0;
            }
            StatedPolicy last = stated.get(stated.size() - 1);
            place.out()
                    .println("stated    at entry " + last.index()
                            + (stated.size() == 1 ? "" : ", " + (stated.size() - 1) + " before it"));
            PolicyText.lines(last.policy(), look.standing()).forEach(place.out()::println);
            return 0;
        }
    }

    @Command(name = "suggest", description = "Print a policy of all members that train, to be edited and set.")
    static final class Suggest implements Callable<Integer> {
        @Mixin
        private Place place = new Place();

        @Override
        public Integer call() throws Exception {
            OfflineLog.Look look = OfflineLog.look(place.directory());
            List<Member> sites = look.standing().members().stream()
                    .filter(Member::maySpeak)
                    .filter(member -> member.role() != Role.AUDITOR)
                    .toList();
            if (sites.isEmpty()) {
                throw new VerificationException(
                        Reason.NOT_FOUND, "Nobody has joined who could witness; invite members first.");
            }
            place.out()
                    .println("# Who witnesses the log of " + look.federation().name());
            place.out().println("# operator ORGANISATION   (runs the aggregator; it has no vote)");
            for (Member member : sites) {
                place.out()
                        .println("member " + member.name()
                                + (member.organisation().isBlank() ? "" : " " + member.organisation()));
            }
            int n = (int) sites.stream()
                    .map(member ->
                            member.organisation().isBlank() ? member.name().value() : member.organisation())
                    .distinct()
                    .count();
            int f = PolicyFile.mostTolerated(n);
            place.out().println("# witness VKEY ORGANISATION   (an outside C2SP witness)");
            place.out().println("k " + PolicyFile.fewest(n, f));
            place.out().println("f " + f);
            return 0;
        }
    }
}

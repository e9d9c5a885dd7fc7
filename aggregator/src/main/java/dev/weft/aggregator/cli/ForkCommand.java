package dev.weft.aggregator.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.aggregator.accept.ForkFolder;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.ForkProof;
import dev.weft.proto.bundle.ForkVerdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "fork",
        description = "Show which members contradicted themselves.",
        subcommands = ForkCommand.ShowAll.class)
final class ForkCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    @Command(
            name = "list",
            description = "List the proofs in forks/, each a file that 'weft-node verify' explains anywhere.")
    static final class ShowAll implements Callable<Integer> {
        @Mixin
        private Place place = new Place();

        @Override
        public Integer call() throws VerificationException, IOException {
            List<Path> files = new ForkFolder(place.directory()).all();
            JsonArray all = new JsonArray();
            for (Path file : files) {
                ForkVerdict verdict = ForkProof.parse(ByteString.copyFrom(Files.readAllBytes(file)))
                        .verify();
                JsonObject one = new JsonObject();
                one.addProperty("kind", verdict.kind());
                one.addProperty("member", verdict.accused());
                one.addProperty("message", verdict.sentence());
                one.addProperty("file", file.toString());
                all.add(one);
            }
            print(all);
            return 0;
        }

        private void print(JsonArray all) {
            PrintWriter out = place.out();
            if (place.json()) {
                out.println(all);
            } else if (all.isEmpty()) {
                out.println("none: no member was seen to contradict itself");
            } else {
                for (JsonElement one : all) {
                    out.println(one.getAsJsonObject().get("message").getAsString());
                    out.println(
                            "  shown by " + one.getAsJsonObject().get("file").getAsString());
                }
            }
            out.flush();
        }
    }
}

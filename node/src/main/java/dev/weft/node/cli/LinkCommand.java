package dev.weft.node.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The steward's commands about the federation's linking key. */
@Command(
        name = "link",
        mixinStandardHelpOptions = true,
        description =
                "The key under which equal digests at several sites meet, and the aggregator can guess none (with a"
                        + " steward's token: --token-file).",
        subcommands = {
            LinkCommand.Status.class,
            LinkCommand.Make.class,
            LinkCommand.Requests.class,
            LinkCommand.Approve.class,
            LinkCommand.Refuse.class,
            LinkCommand.Ask.class,
            LinkCommand.Rotate.class,
            LinkCommand.Value.class
        })
final class LinkCommand extends Group {
    /** Tells. */
    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Says which epoch the log holds, whether this node has its key, and whom it asked.")
    static final class Status extends NodeCommand {
        @Override
        int run() throws CliException {
            JsonObject status = client().get("/v1/link");
            if (common().json()) {
                console().json(status);
                return Exit.OK;
            }
            console().line(epoch(status));
            if (!status.get("mirrored").getAsBoolean()) {
                console().line("this node has no verified copy of the log (yet): linking needs witness.mode = mirror");
            }
            if (!status.get("wanted").getAsBoolean()) {
                console().line("the release policy calls nothing linkable, so this node does not ask for the key");
            }
            for (JsonElement element : status.getAsJsonArray("sought")) {
                JsonObject sought = element.getAsJsonObject();
                String refusal = text(sought, "refusal");
                console()
                        .line("asked " + text(sought, "member") + ": "
                                + (refusal.equals("-") ? "no answer yet" : "refused, " + refusal));
            }
            console().line(text(status, "waiting") + " requests of other members wait for you: weft-node link list");
            if (!text(status, "trouble").equals("-")) {
                console().line("last trouble: " + text(status, "trouble"));
            }
            return Exit.OK;
        }

        private static String epoch(JsonObject status) {
            int epoch = status.get("epoch").getAsInt();
            return epoch == 0
                    ? "the federation has no linking key yet: weft-node link make"
                    : "link epoch " + epoch + ", made by " + text(status, "madeBy") + ", check value "
                            + text(status, "check") + "; this node "
                            + (status.get("held").getAsBoolean() ? "has the key" : "does not have the key");
        }
    }

    /** An act that makes a key. */
    private abstract static class Making extends NodeCommand {
        int stated(JsonObject answer) {
            if (common().json()) {
                console().json(answer);
            } else {
                console()
                        .line("stated, " + text(answer, "statement")
                                + "; the first statement of an epoch in the log counts: weft-node link status");
            }
            return Exit.OK;
        }
    }

    /** Makes. */
    @Command(
            name = "make",
            mixinStandardHelpOptions = true,
            description = "Makes the federation's first linking key, in your name.")
    static final class Make extends Making {
        @Override
        int run() throws CliException {
            return stated(client().post("/v1/link/make", ""));
        }
    }

    /** Rotates. */
    @Command(
            name = "rotate",
            mixinStandardHelpOptions = true,
            description = "Makes the key of the next epoch, in your name: after a member was revoked that had the last"
                    + " one. Every other member asks for it anew.")
    static final class Rotate extends Making {
        @Parameters(index = "0", paramLabel = "REASON", description = "Why; is recorded at the site.")
        private String reason = "";

        @Override
        int run() throws CliException {
            JsonObject body = new JsonObject();
            body.addProperty("reason", reason);
            return stated(client().post("/v1/link/rotate", body.toString()));
        }
    }

    /** Lists. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists which members asked this site for the key.")
    static final class Requests extends NodeCommand {
        @Override
        int run() throws CliException {
            JsonObject answer = client().get("/v1/link/requests");
            if (common().json()) {
                console().json(answer);
                return Exit.OK;
            }
            List<List<String>> rows = new ArrayList<>();
            for (JsonElement element : answer.getAsJsonArray("requests")) {
                JsonObject asked = element.getAsJsonObject();
                rows.add(List.of(
                        text(asked, "requestId"),
                        text(asked, "member"),
                        text(asked, "epoch"),
                        text(asked, "keyId"),
                        text(asked, "askedAt"),
                        text(asked, "state"),
                        text(asked, "decidedBy")));
            }
            console().table(List.of("request", "member", "epoch", "key", "asked", "state", "decided by"), rows);
            return Exit.OK;
        }
    }

    /** A decision on one request. */
    private abstract static class Deciding extends NodeCommand {
        @Parameters(index = "0", paramLabel = "REQUEST", description = "Number of the request.")
        private long id;

        int decided(String verb, String body) throws CliException {
            JsonObject answer = client().post("/v1/link/requests/" + id + "/" + verb, body);
            if (common().json()) {
                console().json(answer);
            } else {
                console()
                        .line("request " + id + " of " + text(answer, "member") + " is " + text(answer, "state")
                                + " by " + text(answer, "decidedBy"));
            }
            return Exit.OK;
        }
    }

    /** Gives. */
    @Command(
            name = "approve",
            mixinStandardHelpOptions = true,
            description =
                    "Gives the key to the member that asked, sealed to the key that it has enrolled, in your name.")
    static final class Approve extends Deciding {
        @Override
        int run() throws CliException {
            return decided("approve", "");
        }
    }

    /** Keeps. */
    @Command(
            name = "refuse",
            mixinStandardHelpOptions = true,
            description = "Gives no key, in your name. The member is told so, not why.")
    static final class Refuse extends Deciding {
        @Parameters(index = "1", paramLabel = "REASON", description = "Why; is recorded at the site.")
        private String reason = "";

        @Override
        int run() throws CliException {
            JsonObject body = new JsonObject();
            body.addProperty("reason", reason);
            return decided("refuse", body.toString());
        }
    }

    /** Asks. */
    @Command(
            name = "ask",
            mixinStandardHelpOptions = true,
            description = "Asks a member for the key now: by itself the node asks who made it, then others by name.")
    static final class Ask extends NodeCommand {
        @Option(names = "--of", required = true, paramLabel = "MEMBER", description = "Who is asked.")
        private String member = "";

        @Override
        int run() throws CliException {
            JsonObject body = new JsonObject();
            body.addProperty("member", member);
            JsonObject answer = client().post("/v1/link/ask", body.toString());
            if (common().json()) {
                console().json(answer);
            } else {
                console().line("asks " + member + "; the steward there decides: weft-node link status");
            }
            return Exit.OK;
        }
    }

    /** Computes. */
    @Command(
            name = "value",
            mixinStandardHelpOptions = true,
            description = "Prints what stands in statements for a digest, to ask the federation about it: weft-node ask"
                    + " impact linkable:VALUE.")
    static final class Value extends NodeCommand {
        @Parameters(index = "0", paramLabel = "KIND", description = "dataset, code or environment.")
        private String kind = "";

        @Parameters(index = "1", paramLabel = "DIGEST", description = "For example sha256:...")
        private String digest = "";

        @Override
        int run() throws CliException {
            JsonObject body = new JsonObject();
            body.addProperty("kind", kind);
            body.addProperty("digest", digest);
            JsonObject answer = client().post("/v1/link/value", body.toString());
            if (common().json()) {
                console().json(answer);
            } else {
                console().line("linkable:" + text(answer, "value"));
            }
            return Exit.OK;
        }
    }
}

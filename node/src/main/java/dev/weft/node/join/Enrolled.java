package dev.weft.node.join;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.weft.node.deliver.LogMoveStore;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.standing.Continuations;
import dev.weft.proto.standing.FoundingEntry;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.Membership;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * What the join proved, as it stands in {@code identity.json}: not secret, and judged again at every load.
 *
 * @param genesis entry 0, which is the federation
 * @param membership this member's own entry
 * @param index its log index
 * @param checkpoint the signed note under which both were proved
 * @param addresses host:port of the aggregator's gRPC listener
 * @param moved the continuations of the log that were taken up, in order
 * @param required root's statement that requires second signatures, where there is one
 */
record Enrolled(
        OpenedEnvelope genesis,
        OpenedEnvelope membership,
        long index,
        ByteString checkpoint,
        List<String> addresses,
        List<Moved> moved,
        Optional<FoundingEntry> required) {

    /**
     * A genesis by which the log went on.
     *
     * @param genesis its envelope
     * @param incarnation of this member when it was taken up
     * @param firstLost first own seq of it that the log did not hold
     */
    record Moved(ByteString genesis, int incarnation, long firstLost) {}

    private static final String VERSION = "weft-identity-v1";

    Enrolled {
        addresses = List.copyOf(addresses);
        moved = List.copyOf(moved);
    }

    Enrolled with(List<Moved> taken) {
        return new Enrolled(genesis, membership, index, checkpoint, addresses, taken, required);
    }

    Enrolled requiring(Optional<FoundingEntry> statement) {
        return new Enrolled(genesis, membership, index, checkpoint, addresses, moved, statement);
    }

    /** Where the log goes on now, if it went on. */
    Optional<LogMoveStore.Move> lastMove() throws VerificationException {
        if (moved.isEmpty()) {
            return Optional.empty();
        }
        Moved last = moved.get(moved.size() - 1);
        return Optional.of(new LogMoveStore.Move(
                founding().origin(), Continuations.head(last.genesis()), last.incarnation(), last.firstLost()));
    }

    /** The federation's standing with nobody in it: its keys, its log, its limits. */
    Standing founding() throws VerificationException {
        Standing standing = Standing.of(genesis);
        List<FoundingEntry> entries = new ArrayList<>();
        for (Moved each : moved) {
            entries.add(new FoundingEntry(Continuations.index(each.genesis()), each.genesis()));
        }
        required.ifPresent(entries::add);
        FoundingEntry.apply(standing, entries);
        if (required.isPresent() && standing.requirement().isEmpty()) {
            throw new VerificationException(
                    Reason.PROTOCOL, "The entry that is told to require second signatures says something else.");
        }
        return standing;
    }

    Membership entry() throws VerificationException {
        if (membership.statement().predicate().orElse(null) instanceof Membership entry) {
            return entry;
        }
        throw new VerificationException(Reason.PROTOCOL, "The entry is no membership; join again in a new directory.");
    }

    Invitation invitation() throws VerificationException {
        return Invitations.read(entry().getInvitation());
    }

    String toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("version", VERSION);
        json.addProperty("genesis", base64(genesis.bytes()));
        json.addProperty("membership", base64(membership.bytes()));
        json.addProperty("index", index);
        json.addProperty("checkpoint", checkpoint.toStringUtf8());
        JsonArray list = new JsonArray();
        addresses.forEach(list::add);
        json.add("addresses", list);
        JsonArray continued = new JsonArray();
        for (Moved each : moved) {
            JsonObject one = new JsonObject();
            one.addProperty("genesis", base64(each.genesis()));
            one.addProperty("incarnation", each.incarnation());
            one.addProperty("firstLost", each.firstLost());
            continued.add(one);
        }
        json.add("continuations", continued);
        required.ifPresent(entry -> {
            JsonObject one = new JsonObject();
            one.addProperty("index", entry.index());
            one.addProperty("entry", base64(entry.envelope()));
            json.add("requirement", one);
        });
        return json + "\n";
    }

    static Enrolled fromJson(String text) throws VerificationException {
        try {
            JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            if (!json.get("version").getAsString().equals(VERSION)) {
                throw damaged();
            }
            List<String> addresses = new ArrayList<>();
            for (JsonElement address : json.getAsJsonArray("addresses")) {
                addresses.add(address.getAsString());
            }
            List<Moved> moved = new ArrayList<>();
            if (json.has("continuations")) {
                for (JsonElement each : json.getAsJsonArray("continuations")) {
                    JsonObject one = each.getAsJsonObject();
                    moved.add(new Moved(
                            bytes(one, "genesis"),
                            one.get("incarnation").getAsInt(),
                            one.get("firstLost").getAsLong()));
                }
            }
            return new Enrolled(
                    EnvelopeOpener.open(bytes(json, "genesis")),
                    EnvelopeOpener.open(bytes(json, "membership")),
                    json.get("index").getAsLong(),
                    ByteString.copyFromUtf8(json.get("checkpoint").getAsString()),
                    addresses,
                    moved,
                    json.has("requirement")
                            ? Optional.of(requirement(json.getAsJsonObject("requirement")))
                            : Optional.empty());
        } catch (RuntimeException e) { // Gson's many ways to say that the text is another one
            throw damaged();
        }
    }

    private static FoundingEntry requirement(JsonObject json) {
        return new FoundingEntry(json.get("index").getAsLong(), bytes(json, "entry"));
    }

    private static VerificationException damaged() {
        return new VerificationException(
                Reason.MALFORMED, "identity.json is damaged or of another version; restore it from a backup.");
    }

    private static String base64(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static ByteString bytes(JsonObject json, String name) {
        return ByteString.copyFrom(Base64.getDecoder().decode(json.get(name).getAsString()));
    }
}

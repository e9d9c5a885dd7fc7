package dev.weft.node.disclose;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.weft.node.disclose.Asked.Answer;
import dev.weft.node.disclose.Asked.Side;
import dev.weft.node.disclose.Disclosures.Shown;
import dev.weft.node.record.StoredField;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.disclosure.OpenedValue;
import java.util.Base64;
import java.util.Collection;
import java.util.Optional;

/** Requests in the JSON that people's tools and the steward page read. */
public final class DisclosureView {
    private DisclosureView() {}

    /** A line of the list. */
    public static JsonObject json(Asked asked) {
        JsonObject body = new JsonObject();
        body.addProperty("disclosureId", asked.number());
        body.addProperty("state", asked.state().text());
        body.addProperty("side", asked.side() == Side.OUR_OWN ? "asked" : "received");
        body.addProperty("requester", asked.requester());
        body.addProperty("owner", asked.owner());
        body.addProperty("request", asked.request().hex());
        body.addProperty("statement", asked.statement().hex());
        body.add(
                "commitments",
                texts(asked.commitments().stream()
                        .map(bytes -> Digest.of(bytes).hex())
                        .toList()));
        body.add("fields", texts(asked.fields()));
        add(body, "purpose", Optional.of(asked.purpose()).filter(text -> !text.isEmpty()));
        add(body, "words", asked.words());
        body.addProperty("askedAt", asked.at().toString());
        body.add("entry", asked.index().isPresent() ? number(asked.index().getAsLong()) : JsonNull.INSTANCE);
        asked.answer().ifPresent(answer -> answer(body, answer));
        add(body, "note", asked.note());
        return body;
    }

    private static void answer(JsonObject body, Answer answer) {
        body.addProperty("decision", answer.decision().hex());
        body.addProperty("decidedBy", answer.by());
        body.addProperty("decidedAt", answer.at().toString());
        answer.index().ifPresent(index -> body.addProperty("decisionEntry", index));
        add(body, "reason", answer.reason());
        add(body, "answer", answer.words());
    }

    /** All of it: at the site what would leave, at the reader what came. */
    public static JsonObject json(Shown shown) {
        JsonObject body = json(shown.asked());
        JsonArray values = new JsonArray();
        shown.wanted().forEach(wanted -> values.add(wanted(wanted)));
        shown.opened().forEach(value -> values.add(opened(value)));
        body.add("values", values);
        if (!shown.opened().isEmpty()) {
            shown.asked()
                    .letter()
                    .ifPresent(letter ->
                            body.addProperty("letter", Base64.getEncoder().encodeToString(letter.toByteArray())));
            body.addProperty(
                    "proof",
                    "each value gives its commitment, stands in its record, and its record in the site's log whose head the"
                            + " decision states in the shared log");
        }
        shown.way().ifPresent(fate -> {
            body.addProperty("sealed", fate.way().text());
            body.addProperty("sealedSince", fate.since().toString());
            add(body, "sealedReason", fate.reason());
        });
        return body;
    }

    private static JsonObject wanted(Wanted wanted) {
        JsonObject value = new JsonObject();
        value.addProperty("record", wanted.record().id());
        value.addProperty("kind", wanted.record().kind().text());
        value.addProperty("name", wanted.field().name());
        if (wanted.field() instanceof StoredField.Kept kept) {
            value.addProperty("value", kept.value().display());
        }
        value.addProperty("commitment", wanted.field().commitment().hex());
        value.addProperty("rule", wanted.rule().said());
        add(value, "closed", wanted.closed().map(reason -> reason.code()));
        return value;
    }

    private static JsonObject opened(OpenedValue opened) {
        JsonObject value = new JsonObject();
        value.addProperty("record", opened.record());
        value.addProperty("name", opened.name());
        value.addProperty("value", opened.value().display());
        value.addProperty("commitment", opened.commitment().hex());
        return value;
    }

    private static JsonArray texts(Collection<String> texts) {
        JsonArray all = new JsonArray();
        texts.forEach(all::add);
        return all;
    }

    private static JsonElement number(long value) {
        return new JsonPrimitive(value);
    }

    private static void add(JsonObject body, String name, Optional<String> text) {
        text.ifPresent(value -> body.addProperty(name, value));
    }
}

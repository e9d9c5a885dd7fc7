package dev.weft.it.lies;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.RefusedException;
import dev.weft.it.federation.SiteNode;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

/** Statements of honest nodes: rounds that nobody will train. */
final class Rounds {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private Rounds() {}

    /** Registers one, and waits for its receipt; its id. */
    static String register(SiteNode coordinator) {
        String id = state(coordinator);
        Await.until("a receipt for " + id, Shown.LIMIT, () -> durable(coordinator, id));
        return id;
    }

    /** Registers one, whatever becomes of it. */
    static String state(SiteNode coordinator) {
        int number = NUMBER.incrementAndGet();
        JsonObject register = new JsonObject();
        register.addProperty("externalId", "register-" + number);
        register.addProperty("trainingLine", "story");
        register.addProperty("number", number);
        register.addProperty("inputModel", "weft-model-v1:" + "%064x".formatted(number + 1));
        return coordinator.client().round("register", register).statement();
    }

    static boolean durable(SiteNode node, String statement) {
        try {
            return node.client().statement(statement).get("state").getAsString().equals("durable");
        } catch (RefusedException e) {
            return false;
        }
    }

    static ByteString envelope(SiteNode node, String statement) {
        return ByteString.copyFrom(Base64.getDecoder()
                .decode(node.client().statement(statement).get("envelope").getAsString()));
    }
}

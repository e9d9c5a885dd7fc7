package dev.weft.node;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.node.db.NodeAnchor;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.Deliverer;
import dev.weft.node.deliver.DeliveryStatus;
import dev.weft.node.deliver.MutualTls;
import dev.weft.node.http.StatusRoutes;
import dev.weft.node.join.CertificateRenewal;
import dev.weft.node.join.NodeIdentity;
import dev.weft.node.record.RecordStore;
import dev.weft.node.release.StewardQueue;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.node.witness.Finality;
import dev.weft.node.witness.Forks;
import dev.weft.node.witness.SharedLog;
import dev.weft.node.witness.Witness;
import dev.weft.proto.identity.SignatureProvider;
import dev.weft.proto.merkle.TreeHead;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What {@code status} says: one look at every part, put together when somebody asks. */
record NodeStatus(
        NodeIdentity identity,
        NodeDatabase database,
        NodeAnchor anchor,
        RecordStore records,
        StewardQueue queue,
        SharedLog sharedLog,
        Shared shared,
        Deliverer deliverer,
        CertificateRenewal renewal,
        SecurityEvents events,
        Started started)
        implements StatusRoutes.Health {

    /** What is known of the shared log beyond its head. */
    record Shared(Finality finality, Witness witness, Forks forks) {}

    /** Facts of the start. */
    record Started(Instant at, String software, List<String> recovered) {
        Started {
            recovered = List.copyOf(recovered);
        }
    }

    @Override
    public JsonObject status() {
        try {
            JsonObject body = new JsonObject();
            body.addProperty("member", identity.name().value());
            body.addProperty("role", identity.role().name().toLowerCase(Locale.ROOT));
            body.addProperty("federation", identity.federation().hex());
            body.addProperty("federationName", identity.federationName());
            body.addProperty("software", started.software());
            body.addProperty("started", started.at().toString());
            body.addProperty("records", records.count());
            body.addProperty("bytes", records.bytes());
            body.addProperty("databaseBytes", Files.size(database.file()));
            body.addProperty("waitingForSteward", queue.waiting());
            body.add("checkpoint", head(sharedLog.held()));
            body.add("siteHead", head(anchor.anchored().siteHead()));
            deliver(body, deliverer.status());
            anchor.stopped().ifPresent(stopped -> body.add("signingStopped", problem(stopped)));
            body.addProperty("incarnation", identity.incarnation());
            body.add("keys", keys(identity));
            body.addProperty("certificateEnds", renewal.endsAt().toString());
            finality(body, shared.finality().view());
            body.add("witness", witness(shared.witness().view()));
            body.add("forks", forks(shared.forks().found()));
            body.addProperty("signatureProvider", SignatureProvider.active());
            body.addProperty("tlsProvider", MutualTls.provider());
            JsonArray recovered = new JsonArray();
            started.recovered().forEach(recovered::add);
            body.add("recovered", recovered);
            body.add("securityEvents", securityEvents());
            return body;
        } catch (SQLException | IOException e) {
            throw new IllegalStateException("the node's directory cannot be read: " + e.getMessage(), e);
        }
    }

    private static void deliver(JsonObject body, DeliveryStatus status) {
        body.addProperty("pending", status.pending());
        body.addProperty("connected", status.connected());
        JsonObject delivery = new JsonObject();
        delivery.addProperty("state", status.state().name().toLowerCase(Locale.ROOT));
        delivery.addProperty("detail", status.detail());
        delivery.addProperty("since", status.since().toString());
        status.lastTry().ifPresent(at -> delivery.addProperty("lastTry", at.toString()));
        status.nextTry().ifPresent(at -> delivery.addProperty("nextTry", at.toString()));
        delivery.addProperty("address", status.address());
        delivery.addProperty("durable", status.firstPending());
        delivery.addProperty("signed", status.signed());
        delivery.addProperty("inFlight", status.inFlight());
        status.refusal().ifPresent(refusal -> {
            JsonObject one = new JsonObject();
            one.addProperty("seq", refusal.seq());
            one.addProperty("reason", refusal.reason());
            one.addProperty("message", refusal.message());
            one.addProperty("retry", refusal.retry());
            one.addProperty("at", refusal.at().toString());
            delivery.add("refusal", one);
        });
        body.add("delivery", delivery);
    }

    private static void finality(JsonObject body, Finality.View view) {
        body.addProperty("policy", view.sentence());
        JsonObject result = new JsonObject();
        result.addProperty("size", view.finalSize());
        view.inForce().ifPresent(now -> {
            result.addProperty("policyIndex", now.stated().index());
            now.stated().policy().ifPresent(policy -> {
                result.addProperty("k", policy.k());
                result.addProperty("f", policy.f());
                result.addProperty("organisations", policy.organisations());
            });
        });
        body.add("final", result);
    }

    private static JsonArray forks(List<Forks.Found> found) {
        JsonArray result = new JsonArray();
        for (Forks.Found fork : found) {
            JsonObject one = new JsonObject();
            one.addProperty("message", fork.sentence());
            fork.file().ifPresent(file -> one.addProperty("file", file.toString()));
            result.add(one);
        }
        return result;
    }

    private static JsonObject witness(Witness.View view) {
        JsonObject result = new JsonObject();
        result.addProperty("mode", view.mode().name().toLowerCase(Locale.ROOT));
        result.addProperty("mirrored", view.mirrored());
        result.addProperty("verified", view.verified());
        result.addProperty("cosigned", view.cosigned());
        view.trouble().ifPresent(trouble -> result.addProperty("trouble", trouble));
        return result;
    }

    private static JsonObject head(TreeHead head) {
        JsonObject result = new JsonObject();
        result.addProperty("size", head.size());
        result.addProperty("root", head.root().hex());
        return result;
    }

    private static JsonObject keys(NodeIdentity identity) {
        JsonObject since = new JsonObject();
        identity.keyHistory().since().forEach((purpose, at) -> since.addProperty(purpose.text(), at.toString()));
        return since;
    }

    private static JsonObject problem(NodeAnchor.Stopped stopped) {
        JsonObject result = new JsonObject();
        result.addProperty("reason", stopped.reason().code());
        result.addProperty("message", stopped.message());
        return result;
    }

    private JsonArray securityEvents() {
        JsonArray result = new JsonArray();
        for (SecurityEvents.Noticed noticed : events.recent()) {
            JsonObject one = new JsonObject();
            one.addProperty("at", noticed.at().toString());
            one.addProperty("type", noticed.event().type());
            one.addProperty("message", noticed.event().sentence());
            result.add(one);
        }
        return result;
    }

    @Override
    public Optional<String> unready() {
        try {
            // An empty transaction: answered only if the writer works and the disk takes a commit.
            database.writer().submit(connection -> true).get(2, TimeUnit.SECONDS);
            return Optional.empty();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return Optional.of(String.valueOf(cause.getMessage()));
        } catch (TimeoutException e) {
            return Optional.of("the database has not answered for 2 s; look at the disk");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }
}

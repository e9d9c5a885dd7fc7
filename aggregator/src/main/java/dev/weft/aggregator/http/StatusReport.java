package dev.weft.aggregator.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.aggregator.db.FederationStore;
import dev.weft.aggregator.db.ProjectionStore;
import dev.weft.aggregator.members.MemberDirectory;
import dev.weft.aggregator.members.MemberLines;
import dev.weft.aggregator.publish.Cosigning;
import dev.weft.aggregator.publish.FinalHead;
import dev.weft.aggregator.publish.Published;
import dev.weft.aggregator.publish.WitnessStatus;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.standing.Standing;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** How the federation, its log and its graph stand. */
public record StatusReport(
        DataSource readers,
        FederationStore.Federation federation,
        Published published,
        Cosigning cosigning,
        MemberDirectory directory)
        implements Supplier<JsonObject> {
    @Override
    public JsonObject get() {
        TreeHead head = published.current().head();
        Standing standing = directory.current();
        JsonObject status = new JsonObject();
        status.addProperty("federation", federation.id().hex());
        status.addProperty("name", federation.name());
        status.addProperty("origin", federation.origin());
        status.addProperty("size", head.size());
        status.addProperty("root", head.root().hex());
        status.addProperty("projected", projected());
        status.addProperty("witnessPolicy", standing.policy().isPresent());
        status.add("finality", finality());
        status.add("members", MemberLines.json(standing));
        return status;
    }

    private JsonObject finality() {
        Cosigning.View view = cosigning.view();
        JsonObject json = new JsonObject();
        json.addProperty("size", cosigning.newest().map(FinalHead::size).orElse(0L));
        view.policy().ifPresent(index -> json.addProperty("policy", index));
        json.addProperty("stated", view.stated());
        view.quorumMissingSince().ifPresent(since -> json.addProperty("quorumMissingSince", since.toString()));
        JsonArray witnesses = new JsonArray();
        for (WitnessStatus witness : view.witnesses()) {
            JsonObject one = new JsonObject();
            one.addProperty("name", witness.name());
            one.addProperty("organisation", witness.organisation());
            one.addProperty("mode", witness.mode().isEmpty() ? "away" : witness.mode());
            one.addProperty("size", witness.size());
            witness.at().ifPresent(at -> one.addProperty("at", at.toString()));
            witness.missingSince().ifPresent(since -> one.addProperty("missingSince", since.toString()));
            witness.trouble().ifPresent(trouble -> one.addProperty("trouble", trouble));
            witnesses.add(one);
        }
        json.add("witnesses", witnesses);
        return json;
    }

    private long projected() {
        try (Connection connection = readers.getConnection()) {
            return ProjectionStore.next(connection, federation.key());
        } catch (SQLException e) {
            throw new IllegalStateException("How far the graph is cannot be read", e);
        }
    }
}

package dev.weft.node.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.weft.node.ask.AskClient;
import dev.weft.node.ask.AskException;
import dev.weft.node.ask.CheckedAnswer;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.witness.Finality;
import dev.weft.proto.Reason;
import dev.weft.proto.v1.Answer;
import dev.weft.proto.v1.Question;
import io.javalin.http.Context;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Questions to the federation, with what this node found when it checked the answer. */
public final class AskRoutes extends RouteGroup {
    private final AskClient client;
    private final NodeConfig.Http config;
    private final Supplier<Finality.View> finality;

    public AskRoutes(AskClient client, NodeConfig.Http config, Supplier<Finality.View> finality) {
        this.client = client;
        this.config = config;
        this.finality = finality;
    }

    @Override
    List<Route> routes() {
        return List.of(Route.post("/v1/ask", Set.of(Scope.READ), this::ask));
    }

    private void ask(Context ctx) throws InvalidProtocolBufferException {
        Question question = question(Json.body(ctx, config.maxBodyBytes()));
        try {
            Json.answer(ctx, body(client.ask(question)));
        } catch (AskException e) {
            Reason reason = Reason.ofCode(e.reason()).orElse(Reason.INTERNAL);
            int status = e.unreachable() ? 503 : reason == Reason.NOT_FOUND ? 404 : 422;
            throw new ApiException(status, reason, String.valueOf(e.getMessage()));
        }
    }

    private static Question question(String text) {
        Json.object(text); // strict: JsonFormat alone would take comments and names twice
        Question.Builder question = Question.newBuilder();
        try {
            JsonFormat.parser().merge(text, question);
        } catch (InvalidProtocolBufferException e) {
            throw new ApiException(400, Reason.MALFORMED, "the body is no question: " + e.getMessage());
        }
        if (question.getKindCase() == Question.KindCase.KIND_NOT_SET) {
            throw new ApiException(
                    400, Reason.MISSING_FIELD, "ask for one of lineage, impact, round, rounds or search");
        }
        return question.build();
    }

    private JsonObject body(CheckedAnswer answer) throws InvalidProtocolBufferException {
        JsonArray answers = new JsonArray(answer.answers().size());
        JsonFormat.Printer printer = JsonFormat.printer().omittingInsignificantWhitespace();
        for (Answer part : answer.answers()) {
            answers.add(JsonParser.parseString(printer.print(part)));
        }
        JsonObject checked = new JsonObject();
        checked.addProperty("entries", answer.entries());
        checked.addProperty("checkpoint", answer.checkpoint());
        checked.addProperty("holds", answer.holds());
        checked.addProperty("detail", answer.detail());
        Finality.View view = finality.get();
        checked.addProperty("final", Math.min(view.finalSize(), answer.checkpoint()));
        checked.addProperty("finality", told(view, answer.checkpoint()));
        JsonObject body = new JsonObject();
        body.add("answers", answers);
        body.add("checked", checked);
        return body;
    }

    /** What of the answer is final: this node's own verdict, so it does not come with the answer. */
    private static String told(Finality.View view, long checkpoint) {
        if (view.inForce().isEmpty()) {
            return view.sentence();
        }
        return view.finalSize() >= checkpoint
                ? "final: a quorum of the witness policy has cosigned a log that holds all of this"
                : "durable: entries below " + view.finalSize() + " of " + checkpoint
                        + " are final, the rest awaits its cosignatures";
    }
}

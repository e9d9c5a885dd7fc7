package dev.weft.node.capture;

import dev.weft.node.config.Nearest;
import dev.weft.node.record.Origin;
import dev.weft.node.record.RoundEvent;
import dev.weft.node.record.RoundEvent.Protocol;
import dev.weft.node.record.RoundEvent.Received;
import dev.weft.node.record.RoundEvent.Technique;
import dev.weft.node.record.RoundEvent.Verdict;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;

/** Round events in the plain JSON form. */
final class RoundJson {

    private static final List<String> EVENTS =
            List.of("register", "open", "close", "started", "declined", "contribution", "evaluation", "publication");

    private RoundJson() {}

    static RoundEvent read(Origin origin, Members members) throws VerificationException {
        return event(members.text("event"), origin, members);
    }

    static RoundEvent event(String event, Origin origin, Members members) throws VerificationException {
        return switch (event) {
            case "register" -> register(origin, members);
            case "open" -> open(origin, members);
            case "close" -> close(origin, members);
            case "started" -> new RoundEvent.Started(origin, members.id("round"));
            case "declined" -> new RoundEvent.Declined(origin, members.id("round"));
            case "contribution" -> contribution(origin, members);
            case "evaluation" ->
                new RoundEvent.Evaluation(
                        origin,
                        members.id("round"),
                        members.reference("run"),
                        members.digest("model"),
                        members.optionalId("modelFrom"));
            case "publication" ->
                new RoundEvent.Publication(
                        origin, members.id("round"), members.digest("model"), members.label("version"));
            default ->
                throw members.bad(
                        "event",
                        "is \"%s\"; it must be one of %s%s"
                                .formatted(event, String.join(", ", EVENTS), Nearest.hint(event, EVENTS)));
        };
    }

    private static RoundEvent register(Origin origin, Members members) throws VerificationException {
        String line = members.label("trainingLine");
        long number = members.optionalWhole("number", 1).orElseThrow(() -> members.bad("number", "is missing; add it"));
        if (number > Integer.MAX_VALUE) {
            throw members.bad("number", "must be at most " + Integer.MAX_VALUE);
        }
        Optional<Members> protocol = members.object("protocol");
        return new RoundEvent.Register(
                origin,
                line,
                (int) number,
                members.optionalId("predecessor"),
                protocol.isPresent() ? protocol(protocol.get()) : NO_PROTOCOL,
                members.digest("inputModel"),
                members.optionalId("inputFrom"),
                members.optionalTime("deadline"));
    }

    private static final Protocol NO_PROTOCOL =
            new Protocol(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private static Protocol protocol(Members members) throws VerificationException {
        Protocol protocol = new Protocol(
                members.optionalDigest("code"),
                members.optionalDigest("environment"),
                members.optionalDigest("preprocessing"),
                members.optionalDigest("hyperParameters"),
                members.optionalLabel("aggregation"));
        members.end();
        return protocol;
    }

    private static RoundEvent open(Origin origin, Members members) throws VerificationException {
        TreeSet<MemberName> expected = new TreeSet<>();
        for (String name : members.texts("expected")) {
            if (!expected.add(MemberName.parse(name))) {
                throw members.bad("expected", "names " + name + " twice; name each member once");
            }
        }
        if (expected.isEmpty()) {
            throw members.bad("expected", "names nobody; name the members that should contribute");
        }
        return new RoundEvent.Open(origin, members.id("round"), List.copyOf(expected));
    }

    private static RoundEvent close(Origin origin, Members members) throws VerificationException {
        List<Received> received = new ArrayList<>();
        for (Members each : members.objects("received", "a received update")) {
            received.add(received(each));
            each.end();
        }
        RoundEvent.Close close = new RoundEvent.Close(
                origin,
                members.id("round"),
                received,
                members.optionalDigest("outputModel"),
                members.optionalLabel("failure"));
        if (close.outputModel().isPresent() == close.failure().isPresent()) {
            throw members.bad("outputModel", "or else a \"failure\" must be there, and never both");
        }
        return close;
    }

    private static Received received(Members members) throws VerificationException {
        Received received = new Received(
                members.member("member"),
                members.optionalDigest("wireDigest"),
                members.choice("verdict", Verdict.class),
                members.optionalLabel("reason"),
                members.optionalId("statement"),
                weight(members));
        boolean accepted = received.verdict() == Verdict.ACCEPTED;
        if (accepted == received.reason().isPresent()) {
            throw members.bad("reason", accepted ? "is for what was rejected or dropped" : "is missing; say why");
        }
        if (received.wireDigest().isEmpty() && received.verdict() != Verdict.DROPPED) {
            throw members.bad("wireDigest", "is missing; only what was dropped has none");
        }
        return received;
    }

    private static OptionalDouble weight(Members members) throws VerificationException {
        Optional<Object> weight = members.any("weight");
        if (weight.isEmpty()) {
            return OptionalDouble.empty();
        }
        if (weight.get() instanceof StrictJson.Numeral number && Double.isFinite(Double.parseDouble(number.text()))) {
            return OptionalDouble.of(Double.parseDouble(number.text()));
        }
        throw members.bad("weight", "must be a number");
    }

    private static RoundEvent contribution(Origin origin, Members members) throws VerificationException {
        List<Technique> privacy = new ArrayList<>();
        for (Members each : members.objects("privacy", "a privacy technique")) {
            privacy.add(new Technique(each.label("name"), Values.of(each, "parameters")));
            each.end();
        }
        return new RoundEvent.Contribution(
                origin,
                members.id("round"),
                members.reference("run"),
                members.digest("inputModel"),
                members.optionalId("inputFrom"),
                members.digest("wireDigest"),
                members.optionalDigest("update"),
                members.optionalId("baseRound"),
                privacy);
    }
}

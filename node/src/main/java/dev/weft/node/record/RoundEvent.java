package dev.weft.node.record;

import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.identity.MemberName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/** Something that happened in a federated round, seen from this site. These are what statements are made from. */
public sealed interface RoundEvent extends LineageRecord {

    /** The name of the event in the plain JSON form. */
    String event();

    @Override
    default Kind kind() {
        return Kind.ROUND;
    }

    /** The protocol to follow in a round; digests of what is to be run and how. */
    record Protocol(
            Optional<ContentDigest> code,
            Optional<ContentDigest> environment,
            Optional<ContentDigest> preprocessing,
            Optional<ContentDigest> hyperParameters,
            Optional<String> aggregation) {

        void describe(Fields fields) {
            code.ifPresent(digest -> fields.put("protocol.code", digest));
            environment.ifPresent(digest -> fields.put("protocol.environment", digest));
            preprocessing.ifPresent(digest -> fields.put("protocol.preprocessing", digest));
            hyperParameters.ifPresent(digest -> fields.put("protocol.hyperParameters", digest));
            fields.putText("protocol.aggregation", aggregation);
        }
    }

    /** The coordinator announces a round. */
    record Register(
            Origin origin,
            String trainingLine,
            int number,
            Optional<Digest> predecessor,
            Protocol protocol,
            ContentDigest inputModel,
            Optional<Digest> inputFrom,
            Optional<Instant> deadline)
            implements RoundEvent {

        @Override
        public String event() {
            return "register";
        }

        @Override
        public void describe(Fields fields) {
            fields.put("event", event());
            fields.put("trainingLine", trainingLine);
            fields.put("number", number);
            fields.putId("predecessor", predecessor);
            protocol.describe(fields);
            fields.put("inputModel", inputModel);
            fields.putId("inputFrom", inputFrom);
            fields.putTime("deadline", deadline);
        }
    }

    /** The coordinator opens it for the expected members. */
    record Open(Origin origin, Digest round, List<MemberName> expected) implements RoundEvent {

        public Open {
            expected = List.copyOf(expected);
        }

        @Override
        public String event() {
            return "open";
        }

        @Override
        public void describe(Fields fields) {
            fields.put("event", event());
            fields.put("round", round);
            fields.putTexts("expected", expected.stream().map(MemberName::value).toList());
        }
    }

    /** What became of one update. */
    enum Verdict {
        ACCEPTED,
        REJECTED,
        DROPPED;

        /** The form in which tools write it, for example {@code accepted}. */
        public String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** One update as the coordinator received it; the weight is what it counted for in the aggregation. */
    record Received(
            MemberName member,
            Optional<ContentDigest> wireDigest,
            Verdict verdict,
            Optional<String> reason,
            Optional<Digest> statement,
            OptionalDouble weight) {

        private FieldValue value() {
            List<FieldValue> items = new ArrayList<>();
            items.add(FieldValue.of(member.value()));
            items.add(FieldValue.of(verdict.text()));
            items.add(wireDigest.<FieldValue>map(FieldValue::of).orElse(FieldValue.of("")));
            items.add(FieldValue.of(reason.orElse("")));
            items.add(FieldValue.of(statement.map(Digest::hex).orElse("")));
            return new FieldValue.Items(items);
        }
    }

    /** The coordinator closes it: with a model, or with the reason why there is none. */
    record Close(
            Origin origin,
            Digest round,
            List<Received> received,
            Optional<ContentDigest> outputModel,
            Optional<String> failure)
            implements RoundEvent {

        public Close {
            received = List.copyOf(received);
        }

        @Override
        public String event() {
            return "close";
        }

        /** The field that holds the weight of the n-th received update. */
        public static String weightField(int n) {
            return "received." + n + ".weight";
        }

        @Override
        public void describe(Fields fields) {
            fields.put("event", event());
            fields.put("round", round);
            for (int n = 0; n < received.size(); n++) {
                fields.put("received." + n, received.get(n).value());
                OptionalDouble weight = received.get(n).weight();
                if (weight.isPresent()) {
                    fields.put(weightField(n), FieldValue.of(weight.getAsDouble()));
                }
            }
            outputModel.ifPresent(digest -> fields.put("outputModel", digest));
            fields.putText("failure", failure);
        }
    }

    /** The site began to work on it. */
    record Started(Origin origin, Digest round) implements RoundEvent {

        @Override
        public String event() {
            return "started";
        }

        @Override
        public void describe(Fields fields) {
            fields.put("event", event());
            fields.put("round", round);
        }
    }

    /** The site takes no part in it. */
    record Declined(Origin origin, Digest round) implements RoundEvent {

        @Override
        public String event() {
            return "declined";
        }

        @Override
        public void describe(Fields fields) {
            fields.put("event", event());
            fields.put("round", round);
        }
    }

    /** One step between the plaintext update and what was sent. */
    record Technique(String name, SortedMap<String, FieldValue> parameters) {

        public Technique {
            parameters = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        }

        /** What the names of the n-th technique's parameters begin with. */
        public static String parameterPrefix(int n) {
            return "privacy." + n + ".parameter.";
        }
    }

    /** The site's part in a round: the run behind it, what it started from, and what it sent. */
    record Contribution(
            Origin origin,
            Digest round,
            Reference run,
            ContentDigest inputModel,
            Optional<Digest> inputFrom,
            ContentDigest wireDigest,
            Optional<ContentDigest> update,
            Optional<Digest> baseRound,
            List<Technique> privacy)
            implements RoundEvent {

        public Contribution {
            privacy = List.copyOf(privacy);
        }

        @Override
        public String event() {
            return "contribution";
        }

        @Override
        public void describe(Fields fields) {
            fields.put("event", event());
            fields.put("round", round);
            fields.link("run", Role.RUN, run);
            fields.put("inputModel", inputModel);
            fields.putId("inputFrom", inputFrom);
            fields.put("wireDigest", wireDigest);
            update.ifPresent(digest -> fields.put("update", digest));
            fields.putId("baseRound", baseRound);
            for (int n = 0; n < privacy.size(); n++) {
                fields.put("privacy." + n + ".name", privacy.get(n).name());
                fields.putAll(Technique.parameterPrefix(n), privacy.get(n).parameters());
            }
        }
    }

    /** A model measured on the site's own data. */
    record Evaluation(Origin origin, Digest round, Reference run, ContentDigest model, Optional<Digest> modelFrom)
            implements RoundEvent {

        @Override
        public String event() {
            return "evaluation";
        }

        @Override
        public void describe(Fields fields) {
            fields.put("event", event());
            fields.put("round", round);
            fields.link("run", Role.RUN, run);
            fields.put("model", model);
            fields.putId("modelFrom", modelFrom);
        }
    }

    /** A model is given out under a version. */
    record Publication(Origin origin, Digest round, ContentDigest model, String version) implements RoundEvent {

        @Override
        public String event() {
            return "publication";
        }

        @Override
        public void describe(Fields fields) {
            fields.put("event", event());
            fields.put("round", round);
            fields.put("model", model);
            fields.put("version", version);
        }
    }
}

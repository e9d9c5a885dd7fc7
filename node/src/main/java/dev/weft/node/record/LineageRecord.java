package dev.weft.node.record;

import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One fact about a training at this site, as a tool told it: the raw form, which stays at the site. Each kind says which
 * named fields it has; the names are those of the plain JSON form.
 */
public sealed interface LineageRecord
        permits LineageRecord.Dataset,
                LineageRecord.Code,
                LineageRecord.Environment,
                LineageRecord.Model,
                LineageRecord.Run,
                LineageRecord.Observation,
                LineageRecord.Metrics,
                LineageRecord.Permit,
                LineageRecord.Revocation,
                LineageRecord.Note,
                LineageRecord.Decision,
                LineageRecord.Erasure,
                LineageRecord.Disclosure,
                LineageRecord.LinkDecision,
                RoundEvent {

    /** Where it comes from. */
    Origin origin();

    /** What it is about. */
    Kind kind();

    /** Tells its fields, but those of its origin. */
    void describe(Fields fields);

    /** One version of a dataset. Rows and bytes are counts. */
    record Dataset(
            Origin origin,
            String name,
            Fingerprint fingerprint,
            Optional<String> path,
            OptionalLong rows,
            OptionalLong bytes,
            Optional<String> version,
            List<String> labels,
            Optional<String> description)
            implements LineageRecord {

        public Dataset {
            labels = List.copyOf(labels);
        }

        @Override
        public Kind kind() {
            return Kind.DATASET;
        }

        @Override
        public void describe(Fields fields) {
            fields.put("name", name);
            fingerprint.describe(fields);
            fields.putText("path", path);
            fields.putNumber("rows", rows);
            fields.putNumber("bytes", bytes);
            fields.putText("version", version);
            fields.putTexts("labels", labels);
            fields.putText("description", description);
        }
    }

    /** One version of code; dirty where the working tree differed from it. */
    record Code(
            Origin origin, String name, Fingerprint fingerprint, Optional<String> repository, Optional<Boolean> dirty)
            implements LineageRecord {

        @Override
        public Kind kind() {
            return Kind.CODE;
        }

        @Override
        public void describe(Fields fields) {
            fields.put("name", name);
            fingerprint.describe(fields);
            fields.putText("repository", repository);
            dirty.ifPresent(value -> fields.put("dirty", FieldValue.of(value)));
        }
    }

    /** What code ran in. */
    record Environment(
            Origin origin,
            String name,
            ContentDigest digest,
            Optional<String> os,
            Optional<String> interpreter,
            List<String> packages)
            implements LineageRecord {

        public Environment {
            packages = List.copyOf(packages);
        }

        @Override
        public Kind kind() {
            return Kind.ENVIRONMENT;
        }

        @Override
        public void describe(Fields fields) {
            fields.put("name", name);
            fields.put("digest", digest);
            fields.putText("os", os);
            fields.putText("interpreter", interpreter);
            fields.putTexts("packages", packages);
        }
    }

    /** A model or an update; {@code from} is the statement that it was taken from, where it came from the federation. */
    record Model(
            Origin origin,
            String name,
            Fingerprint fingerprint,
            Optional<String> path,
            Optional<String> format,
            Optional<Digest> from)
            implements LineageRecord {

        @Override
        public Kind kind() {
            return Kind.MODEL;
        }

        @Override
        public void describe(Fields fields) {
            fields.put("name", name);
            fingerprint.describe(fields);
            fields.putText("path", path);
            fields.putText("format", format);
            fields.putId("from", from);
        }
    }

    /** What a run did. */
    enum Step {
        PREPARE,
        TRAIN,
        EVALUATE,
        AGGREGATE;

        /** The form in which tools write it, for example {@code train}. */
        public String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** What a run was started with and what it measured. */
    record Details(
            SortedMap<String, FieldValue> parameters,
            SortedMap<String, FieldValue> metrics,
            OptionalLong seed,
            Optional<String> command,
            Optional<Instant> started,
            Optional<Instant> ended,
            OptionalLong exitCode) {

        public Details {
            parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
            metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
        }

        /** Nothing is known. */
        public static Details none() {
            return new Details(
                    new TreeMap<>(),
                    new TreeMap<>(),
                    OptionalLong.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    OptionalLong.empty());
        }

        void describe(Fields fields) {
            fields.putAll("parameter.", parameters);
            fields.putAll("metric.", metrics);
            fields.putNumber("seed", seed);
            fields.putText("command", command);
            fields.putTime("started", started);
            fields.putTime("ended", ended);
            fields.putNumber("exitCode", exitCode);
        }
    }

    /** One activity: what it took, what it made, with which code in which environment. */
    record Run(
            Origin origin,
            Step step,
            List<Reference> inputs,
            List<Reference> outputs,
            Optional<Reference> code,
            Optional<Reference> environment,
            Details details)
            implements LineageRecord {

        public Run {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }

        @Override
        public Kind kind() {
            return Kind.RUN;
        }

        @Override
        public void describe(Fields fields) {
            fields.put("step", step.text());
            fields.link("inputs", Role.INPUT, inputs);
            fields.link("outputs", Role.OUTPUT, outputs);
            fields.link("code", Role.CODE, code);
            fields.link("environment", Role.ENVIRONMENT, environment);
            details.describe(fields);
        }
    }

    /** The records that an activity took, made, and ran with; {@code about} are those that are only spoken of. */
    record Uses(
            List<Reference> inputs,
            List<Reference> outputs,
            List<Reference> code,
            Optional<Reference> environment,
            List<Reference> about) {

        public Uses {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
            code = List.copyOf(code);
            about = List.copyOf(about);
        }

        void describe(Fields fields, Optional<Reference> of) {
            fields.link("inputs", Role.INPUT, inputs, of);
            fields.link("outputs", Role.OUTPUT, outputs, of);
            fields.link("code", Role.CODE, code, of);
            fields.link("environment", Role.ENVIRONMENT, environment, of);
            fields.link("about", Role.ABOUT, about);
        }
    }

    /**
     * What a tool told at one moment, of a run that began before and may go on, or of artifacts. What it says a run took
     * and made is the run's: observations add up, and a run that never ends keeps what was seen of it.
     *
     * @param state as the tool has it, for example {@code running}
     * @param at when it was so
     */
    record Observation(
            Origin origin, Optional<Reference> run, String state, Optional<Instant> at, Uses uses, Details details)
            implements LineageRecord {

        @Override
        public Kind kind() {
            return Kind.OBSERVATION;
        }

        @Override
        public void describe(Fields fields) {
            fields.link("run", Role.RUN, run);
            fields.put("state", state);
            fields.putTime("at", at);
            uses.describe(fields, run);
            details.describe(fields);
        }
    }

    /** Numbers that were measured of a run or an artifact afterwards. */
    record Metrics(Origin origin, Reference of, SortedMap<String, FieldValue> values) implements LineageRecord {

        public Metrics {
            values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
        }

        @Override
        public Kind kind() {
            return Kind.METRICS;
        }

        @Override
        public void describe(Fields fields) {
            fields.link("of", Role.MEASURED, of);
            fields.putAll("metric.", values);
        }
    }

    /** A permit or consent that data is used under. */
    record Permit(
            Origin origin, String name, Optional<String> basis, Optional<String> purpose, Optional<Instant> expires)
            implements LineageRecord {

        @Override
        public Kind kind() {
            return Kind.PERMIT;
        }

        @Override
        public void describe(Fields fields) {
            fields.put("name", name);
            fields.putText("basis", basis);
            fields.putText("purpose", purpose);
            fields.putTime("expires", expires);
        }
    }

    /** Why an artifact is withdrawn. */
    enum Cause {
        CONSENT_WITHDRAWN,
        PERMIT_ENDED,
        DATA_ERROR,
        OTHER;

        /** The form in which tools write it, for example {@code consent-withdrawn}. */
        public String text() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    /** The site withdraws one of its artifacts. */
    record Revocation(Origin origin, Reference artifact, Cause cause) implements LineageRecord {

        @Override
        public Kind kind() {
            return Kind.REVOCATION;
        }

        @Override
        public void describe(Fields fields) {
            fields.link("artifact", Role.REVOKED, artifact);
            fields.put("reason", cause.text());
        }
    }

    /** A remark in words. */
    record Note(Origin origin, Reference about, String text) implements LineageRecord {

        @Override
        public Kind kind() {
            return Kind.NOTE;
        }

        @Override
        public void describe(Fields fields) {
            fields.link("about", Role.ABOUT, about);
            fields.put("text", text);
        }
    }

    /** Who let a statement about a record out or kept it in, and when. Made by the node; no tool can send one. */
    record Decision(
            Origin origin,
            Reference about,
            long release,
            String verdict,
            String by,
            Instant at,
            Optional<String> reason)
            implements LineageRecord {

        @Override
        public Kind kind() {
            return Kind.DECISION;
        }

        @Override
        public void describe(Fields fields) {
            fields.link("about", Role.ABOUT, about);
            fields.put("release", release);
            fields.put("verdict", verdict);
            fields.put("by", by);
            fields.put("at", FieldValue.of(at));
            fields.putText("reason", reason);
        }
    }

    /** Who erased which field of a record, and when. Made by the node; no tool can send one. */
    record Erasure(Origin origin, Reference about, String field, String by, Instant at) implements LineageRecord {

        @Override
        public Kind kind() {
            return Kind.ERASURE;
        }

        @Override
        public void describe(Fields fields) {
            fields.link("about", Role.ABOUT, about);
            fields.put("field", field);
            fields.put("by", by);
            fields.put("at", FieldValue.of(at));
        }
    }

    /** Who decided what about the federation's linking key, and when. Made by the node; no tool can send one. */
    record LinkDecision(
            Origin origin,
            String act,
            long epoch,
            Optional<String> member,
            String by,
            Instant at,
            Optional<String> reason)
            implements LineageRecord {

        @Override
        public Kind kind() {
            return Kind.DECISION;
        }

        @Override
        public void describe(Fields fields) {
            fields.put("act", act);
            fields.put("linkEpoch", epoch);
            fields.putText("member", member);
            fields.put("by", by);
            fields.put("at", FieldValue.of(at));
            fields.putText("reason", reason);
        }
    }

    /**
     * A step of a disclosure at this site. Made by the node; no tool can send one.
     *
     * @param about id of the request; of the statement asked about where this node asks
     * @param step asked, approved, refused or received
     * @param peer the member on the other side
     * @param names of the fields, each after its record where they are this site's
     */
    record Disclosure(
            Origin origin,
            Digest about,
            String step,
            String peer,
            List<String> names,
            String by,
            Instant at,
            Optional<String> reason)
            implements LineageRecord {

        public Disclosure {
            names = List.copyOf(names);
        }

        @Override
        public Kind kind() {
            return Kind.DISCLOSURE;
        }

        @Override
        public void describe(Fields fields) {
            fields.put("about", about);
            fields.put("step", step);
            fields.put("peer", peer);
            fields.putTexts("names", names);
            fields.put("by", by);
            fields.put("at", FieldValue.of(at));
            fields.putText("reason", reason);
        }
    }
}

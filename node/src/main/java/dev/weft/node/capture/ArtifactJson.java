package dev.weft.node.capture;

import dev.weft.node.observe.Secrets;
import dev.weft.node.record.Kind;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.LineageRecord.Details;
import dev.weft.node.record.LineageRecord.Step;
import dev.weft.node.record.LineageRecord.Uses;
import dev.weft.node.record.Origin;
import dev.weft.proto.VerificationException;

/** Artifacts, permits and runs in the plain JSON form. */
final class ArtifactJson {

    private ArtifactJson() {}

    static LineageRecord read(Kind kind, Origin origin, Members members) throws VerificationException {
        return switch (kind) {
            case DATASET ->
                new LineageRecord.Dataset(
                        origin,
                        members.text("name"),
                        members.fingerprint(),
                        members.optionalText("path"),
                        members.optionalWhole("rows", 0),
                        members.optionalWhole("bytes", 0),
                        members.optionalText("version"),
                        members.texts("labels"),
                        members.optionalText("description"));
            case CODE ->
                new LineageRecord.Code(
                        origin,
                        members.text("name"),
                        members.fingerprint(),
                        members.optionalText("repository"),
                        members.optionalTruth("dirty"));
            case ENVIRONMENT ->
                new LineageRecord.Environment(
                        origin,
                        members.text("name"),
                        members.digest("digest"),
                        members.optionalText("os"),
                        members.optionalText("interpreter"),
                        members.texts("packages"));
            case MODEL ->
                new LineageRecord.Model(
                        origin,
                        members.text("name"),
                        members.fingerprint(),
                        members.optionalText("path"),
                        members.optionalText("format"),
                        members.optionalId("from"));
            case PERMIT ->
                new LineageRecord.Permit(
                        origin,
                        members.text("name"),
                        members.optionalText("basis"),
                        members.optionalText("purpose"),
                        members.optionalTime("expires"));
            default -> throw new IllegalStateException(kind + " is no artifact");
        };
    }

    static LineageRecord run(Origin origin, Members members) throws VerificationException {
        return new LineageRecord.Run(
                origin,
                members.choice("step", Step.class),
                members.references("inputs"),
                members.references("outputs"),
                members.optionalReference("code"),
                members.optionalReference("environment"),
                details(members));
    }

    static LineageRecord observation(Origin origin, Members members) throws VerificationException {
        return new LineageRecord.Observation(
                origin,
                members.optionalReference("run"),
                members.text("state"),
                members.optionalTime("at"),
                new Uses(
                        members.references("inputs"),
                        members.references("outputs"),
                        members.references("code"),
                        members.optionalReference("environment"),
                        members.references("about")),
                details(members));
    }

    private static Details details(Members members) throws VerificationException {
        return new Details(
                Values.of(members, "parameters"),
                Values.measured(members, "metrics"),
                members.optionalWhole("seed", Long.MIN_VALUE),
                members.optionalText("command").map(Secrets::line),
                members.optionalTime("started"),
                members.optionalTime("ended"),
                members.optionalWhole("exitCode", Long.MIN_VALUE));
    }
}

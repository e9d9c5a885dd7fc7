package dev.weft.it.demo;

import com.google.protobuf.ByteString;
import dev.weft.it.federation.Answers;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Seat;
import dev.weft.it.mallory.Mallory;
import dev.weft.it.mallory.Outcome;
import dev.weft.proto.VerificationException;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.VertexKind;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;

/** The extra member's appearance: a claim without effect, then two statements for one sequence number. */
final class MalloryAct {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String NAME = "mallory";

    private final Study study;
    private final Inspection inspection;
    private final Mallory mallory;
    private final ByteString round;

    private MalloryAct(Study study, Inspection inspection, Mallory mallory) {
        this.study = study;
        this.inspection = inspection;
        this.mallory = mallory;
        this.round = ByteString.copyFrom(HexFormat.of()
                .parseHex(study.rounds().get(study.rounds().size() - 1).id()));
    }

    /** Joins by a real invitation, straight to the aggregator, plays, and leaves. */
    static List<Check> play(Study study, Inspection inspection, Terminal terminal) throws VerificationException {
        String invitation;
        try {
            invitation = Files.readString(study.federation()
                    .invite(Seat.site(NAME), study.federation().grpc()));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read mallory's invitation", e);
        }
        try (Mallory mallory = Mallory.join(invitation, new SecureRandom(), InstantSource.system())) {
            terminal.step("mallory joined with keys of its own");
            MalloryAct act = new MalloryAct(study, inspection, mallory);
            Check claim = Check.of("foreign-claim-without-effect", act::claim);
            Check twice = Check.of("second-statement-refused", act::sayTwice);
            return List.of(twice, claim);
        }
    }

    /** Claims the last round's model, twice over: as the round's output and as a release of its own. */
    private Check claim() throws VerificationException {
        String name = "foreign-claim-without-effect";
        String model = study.finalModel();
        List<Long> before = vertexIds(inspection.lineage(model, false));
        Outcome output = mallory.claimOutput(round, model);
        Outcome publication = mallory.claimPublication(round, model);
        if (!output.appended() || !publication.appended()) {
            return new Check(name, false, "the log did not take the claim: " + output + " " + publication);
        }
        long index = publication.index().getAsLong();
        Await.until(
                "projection of the claim",
                LIMIT,
                () -> inspection.rounds().head().getProjected() > index);
        Answers plain = inspection.lineage(model, false);
        Answers impact = inspection.impact(model, false);
        Answers asserted = inspection.impact(model, true);
        boolean unchanged = vertexIds(plain).equals(before)
                && !plain.end().getMembersList().contains(NAME)
                && !impact.end().getMembersList().contains(NAME)
                && inspection.everyRoundComplete().holds();
        boolean shown = asserted.vertices().stream()
                .anyMatch(v -> v.getKind() == VertexKind.PUBLICATION_VERTEX
                        && v.getAuthor().equals(NAME)
                        && v.getFlagsList().contains(Flag.ASSERTION));
        return new Check(
                name,
                unchanged && shown,
                "entries " + output.index().getAsLong() + " and " + index + " are logged, "
                        + (unchanged ? "lineage, impact and rounds are as before" : "BUT CHANGE AN ANSWER") + ", "
                        + (shown ? "shown as an assertion where one asks for those" : "BUT NOT SHOWN AS AN ASSERTION"));
    }

    private Check sayTwice() throws VerificationException {
        String name = "second-statement-refused";
        AuthorState before = mallory.state();
        Outcome first = mallory.started(round);
        if (!first.appended()) {
            return new Check(name, false, "the first statement was refused: " + first.reason());
        }
        Outcome second = mallory.sayOtherwise(round, before);
        Outcome after = mallory.started(round);
        Evidence evidence = evidence(first);
        boolean matches = evidence.getMember().equals(NAME)
                && evidence.getFirstIndex() == first.index().getAsLong()
                && HexFormat.of().formatHex(evidence.getSecond().toByteArray()).equals(second.statement());
        boolean holds = !second.appended() && !after.appended() && matches;
        return new Check(
                name,
                holds,
                "entry " + first.index().getAsLong() + " stands, the other one for seq " + before.nextSeq()
                        + " was refused (" + second.reason() + "), evidence " + (matches ? "is logged" : "IS MISSING")
                        + ", what mallory says next: " + (after.appended() ? "APPENDED" : after.reason()));
    }

    /** The evidence entry behind the first statement, as it lies in the aggregator's log. */
    private Evidence evidence(Outcome first) {
        long after = first.index().getAsLong();
        return Await.value(
                "evidence against mallory",
                LIMIT,
                () -> LoggedEvidence.find(study.federation().aggregator().dir(), after));
    }

    private static List<Long> vertexIds(Answers answers) {
        return answers.vertices().stream().map(v -> v.getId()).sorted().toList();
    }
}

package dev.weft.proto.statement;

import static dev.weft.proto.TestFederation.ORIGIN;
import static dev.weft.proto.TestFederation.hash;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.Frontier;
import dev.weft.proto.merkle.HashReader;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Head;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An author's next statement, and everything that is not. */
class IntakeRuleTest {
    private static final Digest FEDERATION = Digest.of(hash("federation"));
    private static final Digest PREV = Digest.of(hash("prev"));
    private static final HashReader SITE_LOG = IntakeRuleTest::node;

    private static Digest node(int level, long index) {
        return level == 0
                ? MerkleMath.leafHash(hash("record " + index).toByteArray())
                : MerkleMath.nodeHash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1));
    }

    private static TreeHead site(long size) {
        Frontier frontier = Frontier.empty();
        for (long i = 0; i < size; i++) {
            frontier.append(SITE_LOG.hash(0, i));
        }
        return frontier.head();
    }

    private static OpenedEnvelope statement(Header.Builder header) throws VerificationException {
        return Examples.signed(Contribution.newBuilder(Examples.contribution())
                .setHeader(header)
                .build());
    }

    private static Header.Builder header(long siteSize) {
        Header.Builder header = Examples.header("hospital-a").toBuilder().clearSiteHead();
        if (siteSize > 0) {
            header.setSiteHead(site(siteSize).toProto());
        }
        return header;
    }

    private static AuthorState state(long siteSize) {
        return new AuthorState(0, 7, PREV, site(siteSize));
    }

    private static AuthorState check(Header.Builder header, AuthorState state, List<Digest> proof)
            throws VerificationException {
        return IntakeRule.check(statement(header), state, FEDERATION, ORIGIN, proof);
    }

    @Test
    void theNextStatement_passes_andBecomesThePrevious() throws VerificationException {
        OpenedEnvelope next = statement(header(0));
        assertThat(IntakeRule.check(next, state(0), FEDERATION, ORIGIN, List.of()))
                .isEqualTo(new AuthorState(0, 8, next.statement().id(), TreeHead.EMPTY));
    }

    @Test
    void aStatementForOthers_isRefused() {
        Refused.with(Reason.WRONG_FEDERATION, () -> check(header(0).setFederation(hash("other")), state(0), List.of()));
        Refused.with(Reason.WRONG_AUDIENCE, () -> check(header(0).setAudience("demo/log/2"), state(0), List.of()));
    }

    @Test
    void aStatementOutOfTurn_isRefused() {
        Refused.with(Reason.SEQ_TAKEN, () -> check(header(0).setSeq(6), state(0), List.of()));
        Refused.with(Reason.OUT_OF_ORDER, () -> check(header(0).setSeq(8), state(0), List.of()));
        Refused.with(Reason.PREV_MISMATCH, () -> check(header(0).setPrev(hash("x")), state(0), List.of()));
        Refused.with(Reason.WRONG_INCARNATION, () -> check(header(0).setIncarnation(1), state(0), List.of()));
    }

    @Test
    void aSiteLogThatGrew_passesWithItsProof_forEverySize() throws VerificationException {
        for (long old = 0; old <= 9; old++) {
            for (long next = old; next <= 9; next++) {
                List<Digest> proof = ConsistencyProof.prove(SITE_LOG, old, next).path();
                assertThat(check(header(next), state(old), proof).siteHead()).isEqualTo(site(next));
            }
        }
    }

    @Test
    void aSiteLogThatDidNotOnlyGrow_isRefused() {
        List<Digest> proof = ConsistencyProof.prove(SITE_LOG, 3, 7).path();
        Refused.with(Reason.SITE_PROOF_INVALID, () -> check(header(3), state(7), List.of()));
        Refused.with(Reason.SITE_PROOF_INVALID, () -> check(header(0), state(1), List.of()));
        Refused.with(Reason.SITE_PROOF_INVALID, () -> check(header(7), state(3), List.of()));
        Refused.with(Reason.SITE_PROOF_INVALID, () -> check(header(7), state(4), proof));
        Refused.with(Reason.SITE_PROOF_INVALID, () -> check(header(7), state(7), proof));
        Refused.with(
                Reason.SITE_PROOF_INVALID,
                () -> check(
                        header(7).setSiteHead(Head.newBuilder().setSize(7).setRoot(hash("forged"))),
                        state(7),
                        List.of()));
        Refused.with(
                Reason.SITE_PROOF_INVALID,
                () -> check(
                        header(7).setSiteHead(Head.newBuilder().setSize(7).setRoot(hash("forged"))), state(3), proof));
    }

    @Test
    void aRollover_opensTheNextIncarnation_withASiteLogOfItsOwn() throws VerificationException {
        Key rollover = Examples.rollover();
        OpenedEnvelope opened = Examples.signed(rollover);
        AuthorState after = IntakeRule.check(opened, state(9), FEDERATION, ORIGIN, List.of());
        assertThat(after.incarnation()).isEqualTo(1);
        assertThat(after.nextSeq()).isEqualTo(1);
        assertThat(after.siteHead()).isEqualTo(TreeHead.of(rollover.getHeader().getSiteHead()));
        AuthorState later = new AuthorState(1, 4, PREV, TreeHead.EMPTY);
        Refused.with(Reason.WRONG_INCARNATION, () -> IntakeRule.check(opened, later, FEDERATION, ORIGIN, List.of()));
    }

    @Test
    void anEmptyFederation_isNotTheFederation() {
        Refused.with(Reason.MISSING_FIELD, () -> check(header(0).setFederation(ByteString.EMPTY), state(0), List.of()));
    }
}

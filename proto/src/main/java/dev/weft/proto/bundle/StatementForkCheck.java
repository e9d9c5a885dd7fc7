package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.StatementFork;
import java.util.ArrayList;
import java.util.List;

/** Two statements of one author. */
final class StatementForkCheck {
    private static final String WHO =
            "Whether the key's owner signed both, or somebody who got hold of the key, or of a copy of the node's disk.";

    private StatementForkCheck() {}

    /** Two different statements for one seq, both under the key in force where the first one stands. */
    static ForkVerdict equivocation(ByteString genesis, StatementFork fork) throws VerificationException {
        KeyHistory history = KeyHistory.of(genesis, fork);
        OpenedEnvelope first = history.first();
        OpenedEnvelope second = history.second();
        Header one = first.statement().header();
        Header other = second.statement().header();
        if (first.statement().id().equals(second.statement().id())) {
            throw Contradiction.nothing("it is the same statement twice, whatever its envelopes");
        }
        if (one.getIncarnation() != other.getIncarnation() || one.getSeq() != other.getSeq()) {
            throw Contradiction.nothing("the two statements stand at different places of their author's sequence");
        }
        history.verifySecondAtFirst();
        String place = "seq " + one.getSeq() + " of incarnation " + one.getIncarnation();
        return verdict(
                "equivocation",
                history,
                "'" + one.getAuthor() + "' signed two different statements for " + place + ".",
                "Both are validly signed by the key in force at entry "
                        + fork.getFirst().getIndex() + ".");
    }

    /** Two statements whose site heads no single site log can have. */
    static ForkVerdict site(ByteString genesis, StatementFork fork) throws VerificationException {
        KeyHistory history = KeyHistory.of(genesis, fork);
        Header one = history.first().statement().header();
        Header other = history.second().statement().header();
        if (one.getIncarnation() != other.getIncarnation()) {
            throw Contradiction.nothing("each incarnation has a site log of its own");
        }
        history.verifySecondAtEnd();
        return verdict(
                "site-fork",
                history,
                "The site log of '" + one.getAuthor() + "' was rewritten: its author signed two states of it that no "
                        + "single append-only log has.",
                siteHeads(one, other, fork));
    }

    private static String siteHeads(Header one, Header other, StatementFork fork) throws VerificationException {
        TreeHead first = TreeHead.of(one.getSiteHead());
        TreeHead second = TreeHead.of(other.getSiteHead());
        boolean inOrder = Long.compareUnsigned(one.getSeq(), other.getSeq()) <= 0;
        TreeHead earlier = inOrder ? first : second;
        TreeHead later = inOrder ? second : first;
        if (one.getSeq() != other.getSeq() && later.size() < earlier.size()) {
            Contradiction.requireBare(fork.getRoot(), fork.getPathList());
            return "The later statement says " + later.size() + " records, the earlier one " + earlier.size()
                    + "; a site log only grows.";
        }
        boolean grows = first.size() <= second.size();
        return Contradiction.require(
                "site head", grows ? first : second, grows ? second : first, fork.getRoot(), fork.getPathList());
    }

    private static ForkVerdict verdict(String kind, KeyHistory history, String sentence, String how) {
        List<String> facts = new ArrayList<>();
        facts.add("Entry " + history.firstIndex() + " of the log is statement "
                + history.first().statement().id() + ", which the log's checkpoint proves.");
        facts.add("The other one is statement " + history.second().statement().id() + ".");
        facts.add(how);
        return new ForkVerdict(
                kind,
                history.standing().federation(),
                history.standing().name(),
                history.first().statement().author().value(),
                sentence,
                facts,
                List.of(
                        WHO,
                        "That the key was not given up or revoked by an entry that this file leaves out; it shows "
                                + history.entries() + ". Whoever holds the log can look."));
    }
}

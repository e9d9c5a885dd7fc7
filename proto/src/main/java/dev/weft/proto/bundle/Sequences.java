package dev.weft.proto.bundle;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.IntakeRule;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.SequenceGap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The authors' own chains, as far as the entries of a bundle show them: where one follows another it names it, and what is
 * not there is a gap with a name.
 */
final class Sequences {
    /** What the author's next statement continues. */
    private record Place(int incarnation, long next, Digest prev, TreeHead siteHead) {}

    private final Map<String, Place> places = new HashMap<>();
    private final List<SequenceGap> gaps = new ArrayList<>();

    /** A chain that this entry opens: a member's, by its membership. */
    void open(MemberName author, Digest entry) {
        places.put(author.value(), new Place(0, 0, entry, TreeHead.EMPTY));
    }

    /** A chain whose statement 0 is this one, which continues nothing: root's genesis. */
    void begin(Statement genesis) {
        places.put(genesis.header().getAuthor(), new Place(0, 1, genesis.id(), TreeHead.EMPTY));
    }

    /**
     * Takes the author's next statement that is there.
     *
     * @throws VerificationException {@link Reason#SEQ_TAKEN}, {@link Reason#PREV_MISMATCH},
     *     {@link Reason#WRONG_INCARNATION} or {@link Reason#SITE_PROOF_INVALID}: no honest log holds it
     */
    void take(Statement statement) throws VerificationException {
        Header header = statement.header();
        Place place = places.get(header.getAuthor());
        if (place == null) {
            throw broken(Reason.UNKNOWN_AUTHOR, header, "has no entry that opens its author's sequence");
        }
        boolean rollover = IntakeRule.isRollover(statement);
        if (rollover) {
            checkRollover(statement, header, place);
        } else {
            checkTurn(header, place);
        }
        TreeHead site = TreeHead.of(header.getSiteHead());
        TreeHead before = rollover ? TreeHead.EMPTY : place.siteHead();
        if (site.size() < before.size() || (site.size() == before.size() && !site.equals(before))) {
            throw broken(Reason.SITE_PROOF_INVALID, header, "contradicts the site log of the statement before");
        }
        places.put(header.getAuthor(), new Place(header.getIncarnation(), header.getSeq() + 1, statement.id(), site));
    }

    private void checkTurn(Header header, Place place) throws VerificationException {
        if (header.getIncarnation() != place.incarnation()) {
            throw broken(Reason.WRONG_INCARNATION, header, "is not of its author's incarnation");
        }
        if (header.getSeq() < place.next()) {
            throw broken(Reason.SEQ_TAKEN, header, "comes after a later one of its author");
        }
        if (header.getSeq() > place.next()) {
            gap(header.getAuthor(), place.incarnation(), place.next(), header.getSeq() - 1);
        } else if (!header.getPrev().equals(place.prev().toByteString())) {
            throw broken(Reason.PREV_MISMATCH, header, "does not continue the one before");
        }
    }

    private void checkRollover(Statement statement, Header header, Place place) throws VerificationException {
        if (header.getIncarnation() != place.incarnation() + 1) {
            throw broken(Reason.WRONG_INCARNATION, header, "opens another incarnation than the next");
        }
        if (header.getPrev().equals(place.prev().toByteString())) {
            return;
        }
        long last = ((Key) statement.predicate().orElseThrow()).getRollover().getLastSeq();
        if (last < place.next()) {
            throw broken(Reason.PREV_MISMATCH, header, "does not continue the one before");
        }
        gap(header.getAuthor(), place.incarnation(), place.next(), last);
    }

    private void gap(String author, int incarnation, long first, long last) {
        gaps.add(SequenceGap.newBuilder()
                .setAuthor(author)
                .setIncarnation(incarnation)
                .setFirst(first)
                .setLast(last)
                .build());
    }

    /** What is missing, by author, incarnation and seq. */
    List<SequenceGap> gaps() {
        List<SequenceGap> sorted = new ArrayList<>(gaps);
        sorted.sort(Comparator.comparing(SequenceGap::getAuthor)
                .thenComparing(SequenceGap::getIncarnation)
                .thenComparing(SequenceGap::getFirst));
        return sorted;
    }

    private static VerificationException broken(Reason reason, Header header, String what) {
        return new VerificationException(
                reason,
                "Statement " + Long.toUnsignedString(header.getSeq()) + " of '" + header.getAuthor() + "' " + what
                        + ": no honest log holds it, so keep the bundle and ask the log's operator.");
    }
}

package dev.weft.node.witness;

import dev.weft.proto.VerificationException;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Header;

/** What an entry says of its author's own sequence: at which turn, with how much in its site's log. */
record Said(long index, String author, int incarnation, long seq, TreeHead siteHead) {

    static Said of(long index, OpenedEnvelope opened) throws VerificationException {
        Header header = opened.statement().header();
        return new Said(
                index, header.getAuthor(), header.getIncarnation(), header.getSeq(), TreeHead.of(header.getSiteHead()));
    }

    /** Whether it stands at a turn that its author was past. */
    boolean isBehind(Said before) {
        int order = Integer.compareUnsigned(incarnation, before.incarnation);
        return order < 0 || (order == 0 && Long.compareUnsigned(seq, before.seq) <= 0);
    }

    /** Whether no site log has both heads, as far as the heads alone can tell. */
    boolean contradictsSite(Said before) {
        boolean rewritten = siteHead.size() == before.siteHead.size() && !siteHead.equals(before.siteHead);
        return incarnation == before.incarnation && (siteHead.size() < before.siteHead.size() || rewritten);
    }
}

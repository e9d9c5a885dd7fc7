package dev.weft.proto.statement;

import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Disclosure;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.Limits;
import dev.weft.proto.v1.LinkKey;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Notice;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.Publication;
import dev.weft.proto.v1.Revocation;
import dev.weft.proto.v1.Round;
import org.jspecify.annotations.Nullable;

/**
 * What each field of a statement may hold, and which author may use which predicate at all. Form only: nothing here
 * looks at another statement.
 */
final class StatementRules {
    private static final int MAX_AUDIENCE = 200;

    private StatementRules() {}

    static void check(CanonicalJson.Parsed parsed, Limits limits) throws VerificationException {
        Message predicate = parsed.predicate().orElse(null);
        boolean genesis = predicate instanceof Genesis;
        header(parsed.header(), genesis);
        if (predicate == null) {
            author(parsed.header(), null);
            return;
        }
        switch (PredicateType.of(predicate)) {
            case GENESIS -> {
                author(parsed.header(), MemberName.ROOT);
                MemberRules.genesis((Genesis) predicate);
            }
            case MEMBERSHIP -> {
                author(parsed.header(), MemberName.AGGREGATOR);
                MemberRules.membership((Membership) predicate);
            }
            case KEY -> {
                author(parsed.header(), MemberRules.authorOf((Key) predicate));
                MemberRules.key((Key) predicate);
            }
            case POLICY -> {
                author(parsed.header(), MemberName.ROOT);
                MemberRules.policy((Policy) predicate);
            }
            case EVIDENCE -> {
                author(parsed.header(), MemberName.AGGREGATOR);
                MemberRules.evidence((Evidence) predicate);
            }
            default -> {
                author(parsed.header(), null);
                ofMember(predicate, limits);
            }
        }
    }

    private static void ofMember(Message predicate, Limits limits) throws VerificationException {
        if (predicate instanceof Round round) {
            RoundRules.round(round, limits);
        } else if (predicate instanceof Progress progress) {
            RoundRules.progress(progress);
        } else if (predicate instanceof Contribution contribution) {
            RoundRules.contribution(contribution);
        } else if (predicate instanceof Evaluation evaluation) {
            RoundRules.evaluation(evaluation);
        } else if (predicate instanceof Publication publication) {
            RoundRules.publication(publication);
        } else if (predicate instanceof Alias alias) {
            ArtifactRules.alias(alias);
        } else if (predicate instanceof Revocation revocation) {
            ArtifactRules.revocation(revocation);
        } else if (predicate instanceof LinkKey linkKey) {
            DisclosureRules.linkKey(linkKey);
        } else if (predicate instanceof Notice notice) {
            DisclosureRules.notice(notice);
        } else if (predicate instanceof Disclosure disclosure) {
            DisclosureRules.disclosure(disclosure);
        }
    }

    /** Only root and the aggregator have predicates of their own; {@code null}: any member. */
    private static void author(Header header, @Nullable MemberName needed) throws VerificationException {
        MemberName author = new MemberName(header.getAuthor());
        boolean member = !author.isReserved();
        if (needed == null ? !member : !author.equals(needed)) {
            throw new VerificationException(
                    Reason.WRONG_AUTHOR,
                    "This predicate is for " + (needed == null ? "members" : "author " + needed) + ", not for " + author
                            + ".");
        }
        if (!member && header.hasSiteHead()) {
            throw new VerificationException(
                    Reason.BAD_VALUE, "'header.siteHead' must be left out: " + author + " has no site log.");
        }
    }

    private static void header(Header header, boolean genesis) throws VerificationException {
        FieldRules.name(header.getAuthor(), "header.author");
        FieldRules.present(!header.getAudience().isEmpty(), "header.audience");
        FieldRules.value(
                header.getAudience().length() <= MAX_AUDIENCE && FieldRules.isPrintable(header.getAudience()),
                "header.audience",
                "must be a log origin of at most " + MAX_AUDIENCE + " printable ASCII characters");
        FieldRules.time(header.getRecordedAt(), "header.recordedAt");
        FieldRules.value(header.getIncarnation() >= 0, "header.incarnation", "must be below 2^31");
        FieldRules.value(
                header.getSeq() >= 0 && header.getSeq() < Long.MAX_VALUE, "header.seq", "must be below 2^63 - 1");
        if (header.hasSiteHead()) {
            FieldRules.head(header.getSiteHead(), "header.siteHead");
        }
        if (header.hasSeen()) {
            FieldRules.head(header.getSeen(), "header.seen");
        }
        if (genesis) {
            FieldRules.value(
                    header.getFederation().isEmpty()
                            && header.getPrev().isEmpty()
                            && header.getSeq() == 0
                            && header.getIncarnation() == 0
                            && !header.hasSeen(),
                    "header",
                    "of a genesis has no federation, prev, seen, seq or incarnation");
        } else {
            FieldRules.hash(header.getFederation(), "header.federation");
            FieldRules.hash(header.getPrev(), "header.prev");
        }
    }
}

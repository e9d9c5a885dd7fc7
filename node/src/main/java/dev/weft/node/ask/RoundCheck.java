package dev.weft.node.ask;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Commitment;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.OpenedField;
import dev.weft.proto.v1.Opening;
import dev.weft.proto.v1.Received;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.SiteInRound;
import dev.weft.proto.v1.SiteState;
import dev.weft.proto.v1.Verdict;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Whether a round is told as its entries say it: its steps by its registrant, each expected site, each verdict. */
final class RoundCheck {
    private final RoundStatus told;
    private final Evidence evidence;
    private final Map<String, Verdict> verdicts = new HashMap<>();

    private RoundCheck(RoundStatus told, Evidence evidence) {
        this.told = told;
        this.evidence = evidence;
    }

    static void check(RoundStatus told, Evidence evidence) throws VerificationException {
        RoundCheck check = new RoundCheck(told, evidence);
        check.steps();
        for (SiteInRound site : told.getSitesList()) {
            check.site(site);
        }
    }

    private void steps() throws VerificationException {
        OpenedEnvelope register = evidence.entry(told.getRegisterEntry());
        if (!register.statement().id().toByteString().equals(told.getId())
                || !register.statement().header().getAuthor().equals(told.getRegistrant())) {
            throw unfounded("is not what entry " + told.getRegisterEntry() + " registered");
        }
        Set<String> sites = new HashSet<>();
        told.getSitesList().forEach(site -> sites.add(site.getMember()));
        if (told.getOpened()
                && !sites.containsAll(step(told.getOpenEntry()).getOpen().getExpectedList())) {
            throw unfounded("leaves out a site that entry " + told.getOpenEntry() + " expects");
        }
        if (!told.getClosed()) {
            return;
        }
        String output = step(told.getCloseEntry()).getClose().getOutputModel().getDigest();
        if (!output.isEmpty() && !output.equals(told.getOutputModel())) {
            throw unfounded("ends in another model than entry " + told.getCloseEntry() + " says");
        }
        for (long part : told.getClosePartEntriesList()) {
            for (Received received : step(part).getClosePart().getReceivedList()) {
                // Of several verdicts on one site the best one stands; they are numbered from it on.
                verdicts.merge(
                        received.getMember(),
                        received.getVerdict(),
                        (one, other) -> one.compareTo(other) < 0 ? one : other);
            }
        }
    }

    /** The registrant's step in that entry. */
    private Round step(long index) throws VerificationException {
        OpenedEnvelope entry = evidence.entry(index);
        Message predicate = entry.statement().predicate().orElse(null);
        if (predicate instanceof Round round
                && entry.statement().header().getAuthor().equals(told.getRegistrant())
                && of(round).equals(told.getId())) {
            return round;
        }
        throw unfounded("takes a step from entry " + index + ", which is none of its registrant's");
    }

    private static ByteString of(Round round) {
        return switch (round.getStepCase()) {
            case OPEN -> round.getOpen().getRound();
            case CLOSE_PART -> round.getClosePart().getRound();
            case CLOSE -> round.getClose().getRound();
            case REGISTER, STEP_NOT_SET -> ByteString.EMPTY;
        };
    }

    private void site(SiteInRound site) throws VerificationException {
        for (long entry : site.getEntriesList()) {
            evidence.entry(entry);
        }
        if (!site.getContribution().isEmpty() && !contributed(site)) {
            throw unfounded("has a contribution of " + site.getMember() + " that no entry of it holds");
        }
        SiteState listed = switch (verdicts.getOrDefault(site.getMember(), Verdict.VERDICT_UNSPECIFIED)) {
            case ACCEPTED -> SiteState.SITE_ACCEPTED;
            case REJECTED -> SiteState.SITE_REJECTED;
            case DROPPED -> SiteState.SITE_DROPPED;
            case VERDICT_UNSPECIFIED, UNRECOGNIZED -> SiteState.SITE_STATE_UNSPECIFIED;
        };
        boolean settled = site.getState().getNumber() >= SiteState.SITE_DROPPED_VALUE;
        if (settled ? site.getState() != listed : listed != SiteState.SITE_STATE_UNSPECIFIED) {
            throw unfounded("says of " + site.getMember() + " what its close does not");
        }
        for (OpenedField field : site.getSummariesList()) {
            opened(site, field);
        }
    }

    private boolean contributed(SiteInRound site) throws VerificationException {
        for (long index : site.getEntriesList()) {
            OpenedEnvelope entry = evidence.entry(index);
            if (entry.statement().id().toByteString().equals(site.getContribution())) {
                return entry.statement().header().getAuthor().equals(site.getMember())
                        && entry.statement().predicate().orElse(null) instanceof Contribution contribution
                        && contribution.getRound().equals(told.getId())
                        && contribution.getWireDigest().equals(site.getWireDigest());
            }
        }
        return false;
    }

    private void opened(SiteInRound site, OpenedField field) throws VerificationException {
        Opening opening = field.getOpening();
        if (!evidence.author(field.getEntry()).equals(site.getMember())
                || !evidence.names(field.getEntry(), opening.getCommitment())) {
            throw unfounded("shows a value of " + site.getMember() + " to which it is not committed");
        }
        Commitment.verify(
                Digest.parse(opening.getCommitment(), "A commitment"),
                Salt.parse(opening.getSalt()),
                opening.getName(),
                opening.getValue());
    }

    private VerificationException unfounded(String what) {
        return Evidence.unfounded(
                "tells of round " + told.getTrainingLine() + "/" + told.getNumber() + ", which " + what);
    }
}

package dev.weft.proto.graph;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.Received;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.SiteInRound;
import dev.weft.proto.v1.SiteState;
import dev.weft.proto.v1.Verdict;
import java.util.Optional;
import java.util.Set;

/** Completeness: what the log holds of one site in one round. A state only ever rises. */
final class Sites {
    private Sites() {}

    static Participation of(Entry entry, RoundStatus round) {
        return of(entry.draft(), round, entry.author());
    }

    private static Participation of(Draft draft, RoundStatus round, MemberName member) {
        Digest id = Digest.of(round.getId());
        return draft.site(id, member)
                .orElseGet(() -> new Participation(
                        id,
                        false,
                        SiteInRound.newBuilder()
                                .setMember(member.value())
                                .setState(SiteState.SILENT)
                                .build()));
    }

    /** The round's open names the site. */
    static void expected(Draft draft, RoundStatus round, MemberName member) {
        Participation before = of(draft, round, member);
        draft.site(new Participation(before.round(), true, before.site()));
    }

    /** The round is open and does not name a site that speaks in it. */
    static void unexpected(Draft draft, Participation site) {
        SiteInRound.Builder changed = site.site().toBuilder();
        flag(changed, Set.of(Flag.UNEXPECTED));
        draft.site(new Participation(site.round(), false, changed.build()));
    }

    static void contributed(Entry entry, RoundStatus round, Contribution contribution) {
        Participation before = of(entry, round);
        SiteInRound.Builder site = before.site().toBuilder();
        site.setContribution(entry.id().toByteString());
        if (round.getClosed()) {
            flag(site, Set.of(Flag.LATE));
        }
        boolean listed = site.getState().getNumber() >= SiteState.SITE_DROPPED_VALUE;
        if (listed) {
            corroborate(site, contribution.getWireDigest());
        } else {
            raise(site, round.getClosed() ? SiteState.SITE_LATE : SiteState.SUBMITTED);
        }
        site.setWireDigest(contribution.getWireDigest());
        put(entry, round, before, site);
    }

    private static void corroborate(SiteInRound.Builder site, String stated) {
        Set<Flag> left = Flags.without(site.getFlagsList(), Flag.UNATTESTED);
        site.clearFlags().addAllFlags(left);
        // A dropped update was never received: there is no digest to differ from.
        if (!site.getWireDigest().isEmpty()) {
            flag(site, Contributions.disputed(stated, site.getWireDigest()));
        }
    }

    static void evaluated(Entry entry, RoundStatus round) {
        Participation before = of(entry, round);
        SiteInRound.Builder site = before.site().toBuilder();
        // Silent would read "the log holds nothing from this site".
        raise(site, SiteState.SITE_STARTED);
        put(entry, round, before, site);
    }

    static void progressed(Entry entry, RoundStatus round, ProgressState state) {
        Participation before = of(entry, round);
        SiteInRound.Builder site = before.site().toBuilder();
        raise(
                site,
                switch (state) {
                    case STARTED -> SiteState.SITE_STARTED;
                    case WAITING -> SiteState.SITE_WAITING;
                    case DECLINED -> SiteState.SITE_DECLINED;
                    case PROGRESS_STATE_UNSPECIFIED, UNRECOGNIZED -> SiteState.SILENT;
                });
        put(entry, round, before, site);
    }

    /** The close lists what came from a site; gives the contribution behind it where that counts as accepted. */
    static Optional<VertexRef> listed(Entry close, RoundStatus round, long part, Received received) {
        Draft draft = close.draft();
        Participation before = of(draft, round, new MemberName(received.getMember()));
        SiteInRound.Builder site = before.site().toBuilder();
        boolean stated = !site.getContribution().isEmpty();
        raise(
                site,
                switch (received.getVerdict()) {
                    case ACCEPTED -> SiteState.SITE_ACCEPTED;
                    case REJECTED -> SiteState.SITE_REJECTED;
                    case DROPPED -> SiteState.SITE_DROPPED;
                    case VERDICT_UNSPECIFIED, UNRECOGNIZED -> SiteState.SILENT;
                });
        if (!stated) {
            site.setWireDigest(received.getWireDigest());
            if (received.getVerdict() != Verdict.DROPPED) {
                flag(site, Set.of(Flag.UNATTESTED));
            }
        } else if (!received.getWireDigest().isEmpty()) {
            flag(site, Contributions.disputed(site.getWireDigest(), received.getWireDigest()));
        }
        if (!before.expected()) {
            flag(site, Set.of(Flag.UNEXPECTED));
        }
        site.setReason(received.getReason());
        add(site, part);
        draft.site(new Participation(before.round(), before.expected(), site.build()));
        return stated && received.getVerdict() == Verdict.ACCEPTED
                ? Optional.of(VertexRef.contribution(Digest.of(site.getContribution())))
                : Optional.empty();
    }

    private static void put(Entry entry, RoundStatus round, Participation before, SiteInRound.Builder site) {
        if (round.getOpened() && !before.expected()) {
            flag(site, Set.of(Flag.UNEXPECTED));
        }
        add(site, entry.index());
        entry.draft().site(new Participation(before.round(), before.expected(), site.build()));
    }

    private static void add(SiteInRound.Builder site, long index) {
        for (int i = 0; i < site.getEntriesCount(); i++) {
            if (site.getEntries(i) == index) {
                return;
            }
        }
        site.addEntries(index);
    }

    private static void raise(SiteInRound.Builder site, SiteState state) {
        if (state.getNumber() > site.getState().getNumber()) {
            site.setState(state);
        }
    }

    private static void flag(SiteInRound.Builder site, Set<Flag> flags) {
        Set<Flag> all = Flags.union(site.getFlagsList(), flags);
        site.clearFlags().addAllFlags(all);
    }
}

package dev.weft.proto.standing;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.MlDsaKey;
import dev.weft.proto.identity.RootKeys;
import dev.weft.proto.identity.SignatureKey;
import dev.weft.proto.identity.VerifyingKey;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.IntakeRule;
import dev.weft.proto.statement.LinkEpochRule;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.Limits;
import dev.weft.proto.v1.LinkKey;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who may speak at one size of a federation's log, with which key, and what each author's next statement must continue.
 * A fold: genesis, then {@link #apply} for each entry in log order. {@link #requiredKeys} refuses whatever may not be
 * appended, so every statement in an honest log has passed it at its index; whoever audits a log checks that it did.
 *
 * <p>Not safe for use by many threads while it is being changed; {@link #copy} costs nothing and shares no change.
 */
public final class Standing {
    private static final int MOST_NAMED = 10;

    private Founding founding;
    private Trie<MemberName, Member> members = Trie.empty();
    private Trie<MemberName, AuthorState> authors = Trie.empty();
    /** In log order; replaced, never changed. */
    private List<StatedPolicy> policies = List.of();
    /** In log order; replaced, never changed. */
    private List<ByteString> continuations = List.of();
    /** In log order; replaced, never changed. */
    private List<LinkEpoch> linkEpochs = List.of();
    /** The membership that {@link #requiredKeys} judged last: five signatures that {@link #apply} need not check again. */
    private @Nullable Membership judged;

    private Standing(Founding founding) {
        this.founding = founding;
    }

    /**
     * Begins with entry 0.
     *
     * @throws VerificationException where it is no genesis, or not signed by every root key that it names
     */
    public static Standing of(OpenedEnvelope genesis) throws VerificationException {
        Standing standing = new Standing(Founding.of(genesis));
        Digest id = standing.federation();
        standing.authors = standing.authors
                .with(MemberName.ROOT, IntakeRule.after(genesis.statement()))
                .with(MemberName.AGGREGATOR, AuthorState.opened(id));
        return standing;
    }

    /** As it is now; neither changes the other. */
    public Standing copy() {
        Standing copy = new Standing(founding);
        copy.members = members;
        copy.authors = authors;
        copy.policies = policies;
        copy.continuations = continuations;
        copy.linkEpochs = linkEpochs;
        return copy;
    }

    /** Id of the federation: of its genesis. */
    public Digest federation() {
        return founding.federation();
    }

    /** Name of the federation. */
    public String name() {
        return founding.genesis().getName();
    }

    /** Origin of the shared log: the audience of every statement. */
    public String origin() {
        return founding.genesis().getLogOrigin();
    }

    /** The entries by which the log went on under another name, in order; none as long as it has its first one. */
    public List<ByteString> continuations() {
        return continuations;
    }

    /** The keys that sign the log's checkpoints. */
    public List<VerifyingKey> logKeys() {
        return founding.logKeys();
    }

    /** The same, as they stand below a checkpoint: with the second key from the size on that it is required from. */
    public List<NoteVerifier> logVerifiers() {
        List<NoteVerifier> verifiers = new ArrayList<>();
        for (int i = 0; i < logKeys().size(); i++) {
            NoteVerifier first = NoteVerifier.ed25519(origin(), logKeys().get(i));
            int at = i;
            verifiers.add(requirement()
                    .map(required -> first.withSecond(required.log().get(at), required.firstSize()))
                    .orElse(first));
        }
        return verifiers;
    }

    /** The root keys of genesis, and their second ones where those are required. */
    public RootKeys root() {
        return founding.root();
    }

    /** That second signatures are required, if they are. */
    public Optional<Requirement> requirement() {
        return founding.requirement();
    }

    /** Those that root's requirement of a second key waits for: neither suspended nor revoked, and none enrolled. */
    public List<Member> withoutSecond() {
        return members().stream()
                .filter(member -> member.isBound() && !member.keys().hasSecond())
                .toList();
    }

    /**
     * With the signatures required that were required of the entry at that index: what root required later is left out.
     */
    public Standing asOf(long index) {
        Standing then = copy();
        then.founding = founding.with(founding.requirement().filter(required -> required.index() <= index));
        return then;
    }

    /** What genesis says. */
    public Genesis genesis() {
        return founding.genesis();
    }

    public Limits limits() {
        return founding.genesis().getLimits();
    }

    /** Root's last word on witnesses; empty before any. */
    public Optional<Policy> policy() {
        return policies.isEmpty()
                ? Optional.empty()
                : Optional.of(policies.get(policies.size() - 1).policy());
    }

    /** All that root has said on witnesses, in log order. */
    public List<StatedPolicy> policies() {
        return policies;
    }

    /** The linking keys that members made, each in force until the next; as far as {@link #apply} was called for them. */
    public List<LinkEpoch> linkEpochs() {
        return linkEpochs;
    }

    /** The one in force; empty before any. */
    public Optional<LinkEpoch> linkEpoch() {
        return linkEpochs.isEmpty() ? Optional.empty() : Optional.of(linkEpochs.get(linkEpochs.size() - 1));
    }

    public Optional<Member> member(MemberName name) {
        return Optional.ofNullable(members.get(name));
    }

    /** All members, revoked ones too, by name. */
    public Collection<Member> members() {
        List<Member> all = new ArrayList<>(members.size());
        members.forEachValue(all::add);
        all.sort(Comparator.comparing(Member::name));
        return all;
    }

    /**
     * What the author's next statement must continue.
     *
     * @throws VerificationException {@link Reason#UNKNOWN_AUTHOR}
     */
    public AuthorState author(MemberName name) throws VerificationException {
        AuthorState state = authors.get(name);
        if (state == null) {
            throw unknown(name);
        }
        return state;
    }

    /**
     * The keys whose signatures, and no others, the envelope must carry if it were appended now. Checks as well what a
     * membership or a change of keys carries inside it.
     *
     * @throws VerificationException {@link Reason#UNKNOWN_AUTHOR}, {@link Reason#REVOKED}, {@link Reason#SUSPENDED},
     *     {@link Reason#QUARANTINED}, {@link Reason#MEMBER_EXISTS}, {@link Reason#INVITATION_USED},
     *     {@link Reason#LIMIT_EXCEEDED}, {@link Reason#SECOND_KEY_MISSING}, or what is wrong with an invitation, a possession
     *     or a key
     */
    public List<SignatureKey> requiredKeys(OpenedEnvelope opened) throws VerificationException {
        Statement statement = opened.statement();
        MemberName author = statement.author();
        if (author.equals(MemberName.ROOT)) {
            if (statement.predicate().orElse(null) instanceof Genesis continuing) {
                Founding unused = founding.continuedBy(continuing);
                return founding.allRootKeys();
            }
            return founding.rootSigners(opened, checkRoot(statement));
        }
        if (author.equals(MemberName.AGGREGATOR)) {
            checkAggregator(statement);
            return with(founding.aggregatorKey(), requirement().map(Requirement::aggregator));
        }
        Member member = requireMember(author);
        boolean rollover = IntakeRule.isRollover(statement);
        requireSpeaking(member, rollover);
        if (statement.predicate().orElse(null) instanceof Key key) {
            return KeyChange.signers(founding, member, key);
        }
        return requirement().isPresent()
                ? List.of(member.statementKey(), member.secondKey())
                : List.of(member.statementKey());
    }

    private static List<SignatureKey> with(VerifyingKey first, Optional<MlDsaKey> second) {
        return second.isPresent() ? List.of(first, second.get()) : List.of(first);
    }

    /**
     * Takes an entry of the log into account: one that {@link #requiredKeys} passed at this index.
     *
     * @throws VerificationException where it could not have passed: the log breaks its own rules
     */
    @SuppressWarnings("ReferenceEquality") // the very object that was judged, which cannot change
    public void apply(long index, OpenedEnvelope opened) throws VerificationException {
        if (opened.statement().predicate().orElse(null) instanceof Membership membership) {
            checkNew(
                    membership == judged
                            ? KeyChange.member(membership, index)
                            : KeyChange.admit(founding, membership, index));
        }
        reapply(index, opened);
    }

    /**
     * As {@link #apply}, without judging what a membership carries inside it again. For the holder of a log, of entries
     * that it judged when it appended them and that it has proved to be the same bytes.
     */
    public void reapply(long index, OpenedEnvelope opened) throws VerificationException {
        judged = null;
        Statement statement = opened.statement();
        Message predicate = statement.predicate().orElse(null);
        if (predicate instanceof Genesis continuing) {
            continued(index, continuing, opened.bytes());
            return; // it stands outside of root's sequence
        }
        if (predicate instanceof Membership membership) {
            Member member = KeyChange.member(membership, index);
            put(member);
            authors = authors.with(member.name(), AuthorState.opened(statement.id()));
        } else if (predicate instanceof Key key) {
            applyKey(index, statement.author(), key);
        } else if (predicate instanceof Evidence evidence) {
            put(requireMember(MemberName.parse(evidence.getMember())).withQuarantine(OptionalLong.of(index)));
        } else if (predicate instanceof Policy newPolicy) {
            List<StatedPolicy> more = new ArrayList<>(policies);
            more.add(new StatedPolicy(index, newPolicy));
            policies = List.copyOf(more);
        } else if (predicate instanceof LinkKey linkKey) {
            applyLinkKey(index, statement, linkKey);
        }
        authors = authors.with(statement.author(), IntakeRule.after(statement));
    }

    /** From here on another origin and another log key; members, keys, policy, incarnations and seqs stay. */
    private void continued(long index, Genesis continuing, ByteString entry) throws VerificationException {
        if (continuing.getContinues().getHead().getSize() != index) {
            throw new VerificationException(
                    Reason.LOG_CORRUPT,
                    "Entry " + index + " continues a log of "
                            + continuing.getContinues().getHead().getSize()
                            + " entries; a continuation follows the last of them.");
        }
        founding = founding.continuedBy(continuing);
        continuations = Stream.concat(continuations.stream(), Stream.of(entry)).toList();
    }

    /**
     * Sets where an author stands, after a start from the statements about members alone: {@link #apply} was not called
     * for the others.
     */
    public void restore(MemberName name, AuthorState state) {
        authors = authors.with(name, state);
    }

    private void applyKey(long index, MemberName author, Key key) throws VerificationException {
        switch (key.getChangeCase()) {
            case ROTATE -> put(KeyChange.rotated(requireMember(author), key.getRotate()));
            case ROLLOVER -> put(KeyChange.rolledOver(requireMember(author), key.getRollover()));
            case REVOKE ->
                put(named(key.getRevoke().getMember())
                        .withRevocation(index, key.getRevoke().getSuspectFrom()));
            case SUSPEND -> put(named(key.getSuspend().getMember()).withSuspended(true));
            case RESUME -> put(named(key.getResume().getMember()).withSuspended(false));
            case REQUIRE -> founding = founding.with(Optional.of(founding.required(index, key.getRequire())));
            case CHANGE_NOT_SET -> throw new IllegalArgumentException("a key statement without a change was opened");
        }
    }

    /** A later one of the same epoch, or one that leaves an epoch out, stands in the log and changes nothing. */
    private void applyLinkKey(long index, Statement statement, LinkKey linkKey) {
        Optional<Role> role = member(statement.author()).map(Member::role);
        int epoch = linkKey.getEpoch();
        if (LinkEpochRule.judge(role, epoch, number -> number <= linkEpochs.size())
                .isEmpty()) {
            Digest check = Digest.of(linkKey.getCheck());
            linkEpochs = Stream.concat(
                            linkEpochs.stream(),
                            Stream.of(new LinkEpoch(epoch, check, statement.author(), statement.id(), index)))
                    .toList();
        }
    }

    /** What is required of the statement's own signatures. */
    private Optional<Requirement> checkRoot(Statement statement) throws VerificationException {
        Message predicate = statement.predicate().orElse(null);
        if (predicate instanceof Key key && key.hasRequire()) {
            Requirement required = founding.required(0, key.getRequire());
            requireEnrolled();
            return Optional.of(required);
        }
        if (predicate instanceof Key key) {
            named(key.getRevoke().getMember());
        }
        return requirement();
    }

    private void requireEnrolled() throws VerificationException {
        List<Member> missing = withoutSecond();
        if (!missing.isEmpty()) {
            throw new VerificationException(
                    Reason.SECOND_KEY_MISSING,
                    missing.size() + " members have enrolled no second key: "
                            + missing.stream()
                                    .limit(MOST_NAMED)
                                    .map(member -> member.name().value())
                                    .collect(Collectors.joining(", "))
                            + (missing.size() > MOST_NAMED ? ", ..." : "")
                            + "; each stops its node and runs 'weft-node key rotate second'.");
        }
    }

    private void checkAggregator(Statement statement) throws VerificationException {
        Message predicate = statement.predicate().orElse(null);
        if (predicate instanceof Membership membership) {
            checkNew(KeyChange.admit(founding, membership, 0));
            judged = membership;
        } else if (predicate instanceof Evidence evidence) {
            named(evidence.getMember());
        } else if (predicate instanceof Key key) {
            named(
                    key.hasSuspend()
                            ? key.getSuspend().getMember()
                            : key.getResume().getMember());
        }
    }

    private void checkNew(Member added) throws VerificationException {
        Member old = members.get(added.name());
        if (old != null) {
            throw new VerificationException(
                    old.invitation().equals(added.invitation()) ? Reason.INVITATION_USED : Reason.MEMBER_EXISTS,
                    "'" + added.name() + "' is a member since entry " + old.membershipIndex()
                            + "; invite the newcomer under another name.");
        }
        if (members.size() >= limits().getMaxMembers()) {
            throw new VerificationException(
                    Reason.LIMIT_EXCEEDED, "The federation has " + members.size() + " members, as many as it may.");
        }
    }

    private static void requireSpeaking(Member member, boolean rollover) throws VerificationException {
        if (member.revokedAt().isPresent()) {
            throw new VerificationException(
                    Reason.REVOKED,
                    "'" + member.name() + "' was revoked by entry "
                            + member.revokedAt().getAsLong() + " and says nothing any more; ask for a new invitation.");
        }
        if (member.suspended()) {
            throw new VerificationException(
                    Reason.SUSPENDED,
                    "'" + member.name() + "' is suspended by the operator; ask for it to be resumed.");
        }
        if (member.quarantinedAt().isPresent() && !rollover) {
            throw new VerificationException(
                    Reason.QUARANTINED,
                    "The keys of '" + member.name() + "' are in quarantine since entry "
                            + member.quarantinedAt().getAsLong() + "; only a rollover by the recovery key ends that.");
        }
    }

    private Member named(String name) throws VerificationException {
        return requireMember(MemberName.parse(name));
    }

    private Member requireMember(MemberName name) throws VerificationException {
        Member member = members.get(name);
        if (member == null) {
            throw unknown(name);
        }
        return member;
    }

    private void put(Member member) {
        members = members.with(member.name(), member);
    }

    private static VerificationException unknown(MemberName name) {
        return new VerificationException(
                Reason.UNKNOWN_AUTHOR, "'" + name + "' is no member of this federation; join it first.");
    }
}

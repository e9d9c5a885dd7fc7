package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.MemoryGraph;
import dev.weft.proto.graph.VertexRef;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.BundleQuestion;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Disclosure;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.Publication;
import dev.weft.proto.v1.Revocation;
import dev.weft.proto.v1.Round;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of a log a bundle holds: a function of the log and the question alone, so that two parties write equal bytes.
 * Always: what root and aggregator said, every change of keys, every revocation and alias. For a round: all that anybody said
 * about it. For a model: that of each round behind it, and the entries behind it that belong to none. For a member: all that it
 * said.
 */
final class BundleScope {
    private final MemoryGraph graph = new MemoryGraph();
    private final Map<Long, Disclosure> disclosures = new LinkedHashMap<>();
    private final List<Digest> ids = new ArrayList<>();
    private final List<Boolean> always = new ArrayList<>();
    private final List<String> authors = new ArrayList<>();
    private final List<@Nullable ByteString> rounds = new ArrayList<>();

    /** Takes the next entry of the whole log. */
    void take(Statement statement) {
        graph.add(statement);
        Message predicate = statement.predicate().orElse(null);
        always.add(statement.author().isReserved()
                || predicate instanceof Key
                || predicate instanceof Revocation
                || predicate instanceof Alias);
        if (predicate instanceof Disclosure disclosure) {
            disclosures.put((long) ids.size(), disclosure);
        }
        ids.add(statement.id());
        authors.add(statement.author().value().intern());
        rounds.add(round(statement, predicate));
    }

    private static @Nullable ByteString round(Statement statement, @Nullable Message predicate) {
        ByteString round = ByteString.EMPTY;
        if (predicate instanceof Round step) {
            round = switch (step.getStepCase()) {
                case REGISTER -> statement.id().toByteString();
                case OPEN -> step.getOpen().getRound();
                case CLOSE_PART -> step.getClosePart().getRound();
                case CLOSE -> step.getClose().getRound();
                case STEP_NOT_SET -> ByteString.EMPTY;
            };
        } else if (predicate instanceof Contribution contribution) {
            round = contribution.getRound();
        } else if (predicate instanceof Progress progress) {
            round = progress.getRound();
        } else if (predicate instanceof Evaluation evaluation) {
            round = evaluation.getRound();
        } else if (predicate instanceof Publication publication) {
            round = publication.getRound();
        }
        return round.isEmpty() ? null : round;
    }

    MemoryGraph graph() {
        return graph;
    }

    /** Log indexes of the entries that the bundle holds, ascending. */
    long[] select(BundleQuestion question) throws VerificationException {
        Set<ByteString> wanted = new HashSet<>();
        Set<Long> single = new HashSet<>();
        switch (question.getKindCase()) {
            case MODEL -> {
                long[] behind = graph.behind(question.getModel()).entries().toArray();
                if (behind.length == 0) {
                    throw new VerificationException(
                            Reason.NOT_FOUND,
                            "Up to this checkpoint nobody made the model " + question.getModel() + ".");
                }
                for (long index : behind) {
                    ByteString round = rounds.get((int) index);
                    if (round == null) {
                        single.add(index);
                    } else {
                        wanted.add(round);
                    }
                }
            }
            case ROUND -> wanted.add(question.getRound());
            case MEMBER -> requireMember(question.getMember());
            case DISCLOSURE -> single.addAll(disclosure(question.getDisclosure()));
            case KIND_NOT_SET -> throw new IllegalArgumentException("a question of no kind was asked");
        }
        List<Long> selected = new ArrayList<>();
        for (int i = 0; i < always.size(); i++) {
            if (always.get(i)
                    || wanted.contains(rounds.get(i))
                    || authors.get(i).equals(question.getMember())
                    || single.contains((long) i)) {
                selected.add((long) i);
            }
        }
        return selected.stream().mapToLong(Long::longValue).toArray();
    }

    /** The statement asked about, the request, and all decisions on it. */
    private List<Long> disclosure(ByteString request) throws VerificationException {
        List<Long> found = new ArrayList<>();
        for (Map.Entry<Long, Disclosure> each : disclosures.entrySet()) {
            Disclosure said = each.getValue();
            boolean asks = said.hasRequest()
                    && ids.get(each.getKey().intValue()).toByteString().equals(request);
            if (asks) {
                found.add((long) ids.indexOf(Digest.of(said.getRequest().getStatement())));
            }
            if (asks || (said.hasDecision() && said.getDecision().getRequest().equals(request))) {
                found.add(each.getKey());
            }
        }
        if (found.size() < 3 || found.contains(-1L)) {
            throw new VerificationException(
                    Reason.NOT_FOUND,
                    "Up to this checkpoint the log holds no answered request " + Digest.of(request) + ".");
        }
        return found;
    }

    private void requireMember(String name) throws VerificationException {
        boolean known = graph.vertex(VertexRef.member(new MemberName(name))).isPresent();
        if (!known) {
            throw new VerificationException(
                    Reason.NOT_MEMBER, "Up to this checkpoint '" + name + "' is no member of the federation.");
        }
    }
}

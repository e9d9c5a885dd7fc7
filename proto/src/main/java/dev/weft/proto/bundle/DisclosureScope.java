package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.disclosure.DisclosureCase;
import dev.weft.proto.disclosure.DisclosureLetters;
import dev.weft.proto.disclosure.OpenedValue;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Disclosure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was said about one request for a disclosure, as entries go by in log order. */
final class DisclosureScope {
    /** A statement at its place in the log. */
    private record Placed(long index, Statement statement) {}

    private final ByteString request;
    /** Of members alone, by id; what is asked about may stand anywhere before the request. */
    private final Map<ByteString, Placed> said = new HashMap<>();

    private final List<Placed> decisions = new ArrayList<>();

    DisclosureScope(ByteString request) {
        this.request = request;
    }

    void take(long index, Statement statement) {
        if (statement.author().isReserved()) {
            return;
        }
        Placed placed = new Placed(index, statement);
        said.put(statement.id().toByteString(), placed);
        boolean decides = statement.predicate().orElse(null) instanceof Disclosure disclosure
                && disclosure.hasDecision()
                && disclosure.getDecision().getRequest().equals(request);
        if (decides) {
            decisions.add(placed);
        }
    }

    private @Nullable Placed asked() {
        Placed asking = said.get(request);
        if (asking == null || !(asking.statement().predicate().orElse(null) instanceof Disclosure disclosure)) {
            return null;
        }
        return said.get(disclosure.getRequest().getStatement());
    }

    /** Log indexes of the statement asked about, the request and all decisions on it; none where the log has no such request. */
    List<Long> entries() {
        Placed asking = said.get(request);
        Placed asked = asked();
        if (asking == null || asked == null) {
            return List.of();
        }
        List<Long> entries = new ArrayList<>(List.of(asked.index(), asking.index()));
        decisions.forEach(decision -> entries.add(decision.index()));
        return entries.stream().sorted().distinct().toList();
    }

    /**
     * What a letter opens under the first decision of whom it was asked.
     *
     * @throws VerificationException where the letter does not hold
     */
    ScopeClaim claim(ByteString letter) throws VerificationException {
        Placed asking = said.get(request);
        Placed asked = asked();
        Optional<Placed> decision = asked == null
                ? Optional.empty()
                : decisions.stream()
                        .filter(one -> one.statement()
                                .author()
                                .equals(asked.statement().author()))
                        .findFirst();
        if (asking == null || asked == null || decision.isEmpty()) {
            return new ScopeClaim(
                    new Claim(
                            "disclosed",
                            false,
                            "No entry here answers the request " + Digest.of(request) + ".",
                            List.of()),
                    List.of());
        }
        DisclosureCase together = DisclosureCase.of(
                asked.statement(), asking.statement(), decision.get().statement());
        List<OpenedValue> values = DisclosureLetters.open(together, DisclosureLetters.parse(letter));
        List<String> report = new ArrayList<>();
        report.add("asked by '" + together.reader() + "' (entry " + asking.index() + "), opened by '"
                + asked.statement().author() + "' (entry " + decision.get().index() + "), committed to before (entry "
                + asked.index() + ")");
        values.forEach(value -> report.add("  record " + value.record() + ", " + value.name() + ": "
                + value.value().display()));
        String detail = values.size() + " fields that '" + asked.statement().author()
                + "' had committed to were opened for '" + together.reader() + "', and are what it recorded.";
        List<Long> entries = List.of(
                        asked.index(), asking.index(), decision.get().index())
                .stream()
                .sorted()
                .toList();
        return new ScopeClaim(new Claim("disclosed", true, detail, entries), report);
    }
}

package dev.weft.proto.note;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whom a verifier trusts, from a file (C2SP tlog-policy): lines {@code log VKEY [URL]}, {@code witness NAME VKEY [URL]},
 * {@code group NAME all|any|K MEMBER...} and one {@code quorum NAME|none}. Names are defined before they are used and used
 * once. Addresses are read over: nothing is fetched.
 */
public final class TlogPolicy {
    private static final int MAX_BYTES = 1 << 16;
    private static final String NONE = "none";

    private final List<NoteVerifier> logs = new ArrayList<>();
    /** In the order of their lines: a group stands behind its members. */
    private final Map<String, Node> nodes = new LinkedHashMap<>();

    private final Set<String> used = new HashSet<>();
    private Optional<String> quorum = Optional.empty();

    /** A witness, or so many of these. */
    private sealed interface Node {
        record Witness(NoteVerifier verifier) implements Node {}

        record Group(int needed, List<String> members) implements Node {}
    }

    private TlogPolicy() {}

    /**
     * Reads a policy file as it stands on a disk.
     *
     * @throws VerificationException {@link Reason#POLICY_INVALID}, or what is wrong with a key
     */
    public static TlogPolicy parse(ByteString file) throws VerificationException {
        if (file.size() > MAX_BYTES) {
            throw invalid("is larger than 64 KiB");
        }
        if (!file.isValidUtf8()) {
            throw invalid("is no UTF-8");
        }
        return parse(file.toStringUtf8());
    }

    static TlogPolicy parse(String text) throws VerificationException {
        TlogPolicy policy = new TlogPolicy();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            // The specification has two characters that part words, and no other one below the space.
            if (lines[i].chars().anyMatch(c -> (c < 0x20 && c != '\t') || c == 0x7f)) {
                throw invalid(i + 1, "it holds a control character; lines end with a line feed alone");
            }
            String[] words = Stream.of(lines[i].split("[ \t]+"))
                    .filter(word -> !word.isEmpty())
                    .toArray(String[]::new);
            if (words.length > 0 && !words[0].startsWith("#")) {
                policy.read(i + 1, words);
            }
        }
        if (policy.quorum.isEmpty()) {
            throw invalid("has no quorum line; write 'quorum none' where no witness is asked for");
        }
        if (policy.logs.isEmpty()) {
            throw invalid("names no log");
        }
        return policy;
    }

    /**
     * The file that says: believe these logs, and a checkpoint that so many organisations of this policy cosigned.
     *
     * @param witnesses empty where no witness is asked for
     */
    public static String print(List<NoteVerifier> logs, Optional<WitnessPolicy> witnesses) {
        return print(logs, witnesses.map(TlogPolicy::print).orElse("quorum none\n"));
    }

    /** As above, with the lines on witnesses as {@link #print(WitnessPolicy)} gives them. */
    public static String print(List<NoteVerifier> logs, String witnesses) {
        StringBuilder file = new StringBuilder();
        logs.forEach(log -> file.append("log ").append(log.vkey()).append('\n'));
        return file.append(witnesses).toString();
    }

    /** The lines on witnesses: their keys, a group for each organisation, and the quorum. */
    public static String print(WitnessPolicy witnesses) {
        StringBuilder file = new StringBuilder();
        Map<String, List<String>> organisations = new LinkedHashMap<>();
        for (WitnessPolicy.Seat seat : witnesses.seats()) {
            NoteVerifier key = seat.verifier();
            file.append("witness ")
                    .append(key.name())
                    .append(' ')
                    .append(key.vkey())
                    .append('\n');
            organisations
                    .computeIfAbsent(seat.organisation(), name -> new ArrayList<>())
                    .add(key.name());
        }
        StringBuilder quorum = new StringBuilder("group weft-quorum ").append(witnesses.k());
        int number = 0;
        for (Map.Entry<String, List<String>> each : organisations.entrySet()) {
            // An organisation's name may have spaces; a group's may not.
            String group = "weft-organisation-" + ++number;
            file.append("# ").append(each.getKey()).append('\n');
            file.append("group ").append(group).append(" any ").append(String.join(" ", each.getValue()));
            file.append('\n');
            quorum.append(' ').append(group);
        }
        return file.append(quorum).append("\nquorum weft-quorum\n").toString();
    }

    private void read(int number, String[] words) throws VerificationException {
        if (quorum.isPresent()) {
            throw invalid(number, "quorum is its last line");
        }
        switch (words[0]) {
            case "log" -> {
                requireWords(number, words, 2, 3);
                NoteVerifier log = NoteVerifier.parse(words[1]);
                if (log.isCosigner()
                        || logs.stream().anyMatch(other -> other.key().equals(log.key()))) {
                    throw invalid(number, "a log has an Ed25519 key of type 1, each key once");
                }
                logs.add(log);
            }
            case "witness" -> {
                requireWords(number, words, 3, 4);
                NoteVerifier witness = NoteVerifier.parse(words[2]);
                if (!witness.isCosigner()) {
                    throw invalid(number, "a witness has a cosignature key of type 4");
                }
                define(number, words[1], new Node.Witness(witness));
            }
            case "group" -> group(number, words);
            case "quorum" -> {
                requireWords(number, words, 2, 2);
                if (!words[1].equals(NONE)) {
                    use(number, words[1]);
                }
                quorum = Optional.of(words[1]);
            }
            default -> throw invalid(number, "it begins with log, witness, group or quorum");
        }
    }

    private void group(int number, String[] words) throws VerificationException {
        requireWords(number, words, 4, MAX_BYTES);
        List<String> members = List.of(words).subList(3, words.length);
        for (String member : members) {
            use(number, member);
        }
        int needed = switch (words[2]) {
            case "all" -> members.size();
            case "any" -> 1;
            default -> words[2].matches("[1-9][0-9]{0,3}") ? Integer.parseInt(words[2]) : 0;
        };
        if (needed < 1 || needed > members.size()) {
            throw invalid(number, "a group needs all, any or 1 to " + members.size() + " of its members");
        }
        define(number, words[1], new Node.Group(needed, members));
    }

    private void define(int number, String name, Node node) throws VerificationException {
        boolean sameKey = node instanceof Node.Witness witness
                && nodes.values().stream()
                        .anyMatch(other -> other instanceof Node.Witness that
                                && that.verifier()
                                        .key()
                                        .equals(witness.verifier().key()));
        if (name.equals(NONE) || sameKey || nodes.putIfAbsent(name, node) != null) {
            throw invalid(number, "'" + name + "' or its key is there already, or is reserved");
        }
    }

    private void use(int number, String name) throws VerificationException {
        if (!nodes.containsKey(name) || !used.add(name)) {
            throw invalid(number, "'" + name + "' is not defined above, or used twice");
        }
    }

    private static void requireWords(int number, String[] words, int least, int most) throws VerificationException {
        if (words.length < least || words.length > most) {
            throw invalid(number, "it has " + words.length + " words");
        }
    }

    /** Whether a checkpoint of this log may be believed: the policy names this very key. */
    public boolean trusts(NoteVerifier log) {
        return logs.contains(log);
    }

    /** The keys of the witnesses that it names, whether or not its quorum asks for them. */
    public List<NoteVerifier> witnesses() {
        return nodes.values().stream()
                .flatMap(node -> node instanceof Node.Witness witness ? Stream.of(witness.verifier()) : Stream.empty())
                .toList();
    }

    /** Whether it asks for no witness. */
    public boolean asksNobody() {
        return quorum.orElse(NONE).equals(NONE);
    }

    /**
     * The cosignatures of its witnesses over a checkpoint's text that hold, in the note's order; a bad line is no vote.
     *
     * @throws VerificationException {@link Reason#QUORUM_MISSING} where they are too few
     */
    public List<Cosignature> require(OpenedNote checkpoint) throws VerificationException {
        Map<NoteVerifier, Cosignature> votes = new HashMap<>();
        List<Cosignature> counting = new ArrayList<>();
        for (NoteSignature line : checkpoint.unverified()) {
            for (Node node : nodes.values()) {
                if (node instanceof Node.Witness witness && holds(witness.verifier(), checkpoint.text(), line)) {
                    Cosignature vote = new Cosignature(line);
                    if (votes.putIfAbsent(witness.verifier(), vote) == null) {
                        counting.add(vote);
                    }
                }
            }
        }
        if (!asksNobody() && !met(votes.keySet()).contains(quorum.orElseThrow())) {
            throw new VerificationException(
                    Reason.QUORUM_MISSING,
                    "The checkpoint has cosignatures of " + votes.size() + " of the policy's witnesses, which is no "
                            + "quorum; ask for a file made at a later checkpoint.");
        }
        return counting;
    }

    private static boolean holds(NoteVerifier witness, String text, NoteSignature line) {
        if (!witness.claims(line)) {
            return false;
        }
        try {
            witness.verify(text, line);
            return true;
        } catch (VerificationException e) {
            // The others still count.
            return false;
        }
    }

    /** The names of all witnesses that voted and of all groups that have enough, line by line: a file may nest a thousand deep. */
    private Set<String> met(Set<NoteVerifier> voted) {
        Set<String> met = new HashSet<>();
        nodes.forEach((name, node) -> {
            boolean holds = node instanceof Node.Witness witness
                    ? voted.contains(witness.verifier())
                    : node instanceof Node.Group group
                            && group.members().stream().filter(met::contains).count() >= group.needed();
            if (holds) {
                met.add(name);
            }
        });
        return met;
    }

    private static VerificationException invalid(String what) {
        return new VerificationException(Reason.POLICY_INVALID, "The policy file cannot be used: it " + what + ".");
    }

    private static VerificationException invalid(int line, String what) {
        return new VerificationException(
                Reason.POLICY_INVALID, "Line " + line + " of the policy file cannot be used: " + what + ".");
    }
}

package dev.weft.node.release;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.statement.PredicateType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The policy as a file: a first one to start from, and what a person should know about one. */
public final class PolicyFile {

    private PolicyFile() {}

    /**
     * Writes the first policy, in which the steward sees everything. A file that is there stays.
     *
     * @throws VerificationException {@code duplicate} where there is one
     */
    public static void init(Path file) throws IOException, VerificationException {
        try {
            Files.writeString(file, template(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new VerificationException(
                    Reason.DUPLICATE, "there is a policy already: " + file + "; edit it, or move it away first");
        }
    }

    static String template() throws IOException {
        try (InputStream in = Objects.requireNonNull(PolicyFile.class.getResourceAsStream("/release.policy"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What lets out more than it may seem to, in sentences. */
    public static List<String> remarks(ReleasePolicy policy) {
        List<String> remarks = new ArrayList<>();
        for (String name : PolicyReader.DIGESTS) {
            if (!name.equals("model.digest") && policy.field(name).fieldClass() == FieldClass.PUBLIC) {
                remarks.add(name + " is public: whoever holds or guesses the same bytes recognises them in the log");
            }
        }
        for (String name : PolicyReader.LINKABLE) {
            if (policy.anyField(name, FieldClass.LINKABLE)) {
                remarks.add(
                        name + " is linkable: every member with the linking key can try out digests; the aggregator and"
                                + " auditors cannot. 'weft-node link status' says whether this node has the key");
            }
        }
        if (policy.field("metric.").fieldClass() == FieldClass.OPEN
                || policy.field("parameter.").fieldClass() == FieldClass.OPEN) {
            remarks.add(
                    "metrics or parameters are open whatever their name: a tool may call anything a metric; name them one by one");
        }
        if (policy.minimum() < ReleasePolicy.MINIMUM) {
            remarks.add("minimum is " + policy.minimum()
                    + ": counts from there on can leave in clear, and small ones point at persons");
        }
        if (policy.rule(PredicateType.CONTRIBUTION) == ReleaseRule.AUTOMATIC) {
            remarks.add(
                    "contributions go out without anybody having seen one; new-data has the steward see the first on each dataset");
        }
        return remarks;
    }
}

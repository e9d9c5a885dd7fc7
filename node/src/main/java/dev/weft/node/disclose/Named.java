package dev.weft.node.disclose;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.node.disclose.Disclosures.Question;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.disclosure.DisclosureCase;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.CommittedField;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a person's question names in a statement: by a commitment itself, by a kind of artifact, or by the name under which a
 * field stands there.
 *
 * @param fields of the records that the commitments belong to; empty: the committed fields themselves
 */
record Named(List<ByteString> commitments, List<String> fields) {

    static Named in(Statement statement, Question question) throws VerificationException {
        Set<ByteString> commitments = new LinkedHashSet<>(question.commitments());
        for (ByteString commitment : commitments) {
            if (!DisclosureCase.holds(statement, commitment)) {
                throw new VerificationException(
                        Reason.NOT_FOUND, "The statement does not hold that commitment; take it from the statement.");
            }
        }
        for (String kind : question.artifacts()) {
            commitments.addAll(artifacts(statement, kind));
        }
        if (!commitments.isEmpty()) {
            return new Named(List.copyOf(commitments), question.fields());
        }
        for (String field : question.fields()) {
            commitments.addAll(committed(statement, field));
        }
        if (commitments.isEmpty()) {
            throw new VerificationException(
                    Reason.MISSING_FIELD, "Say what is asked for: fields, commitments, or kinds of artifacts.");
        }
        return new Named(List.copyOf(commitments), List.of());
    }

    private static Set<ByteString> artifacts(Statement statement, String kind) throws VerificationException {
        Set<ByteString> found = new LinkedHashSet<>();
        walk(statement, message -> {
            if (message instanceof ArtifactRef ref
                    && ref.hasCommitment()
                    && ref.getKind().name().toLowerCase(Locale.ROOT).equals(kind)) {
                found.add(ref.getCommitment());
            }
        });
        return found(found, "commitment to a " + kind);
    }

    private static Set<ByteString> committed(Statement statement, String name) throws VerificationException {
        Set<ByteString> found = new LinkedHashSet<>();
        walk(statement, message -> {
            if (message instanceof CommittedField field && field.getName().equals(name)) {
                found.add(field.getCommitment());
            }
        });
        return found(found, "field '" + name + "'");
    }

    private static Set<ByteString> found(Set<ByteString> found, String what) throws VerificationException {
        if (found.isEmpty()) {
            throw new VerificationException(
                    Reason.NOT_FOUND, "The statement holds no " + what + "; see what it holds with weft-node ask.");
        }
        return found;
    }

    private static void walk(Statement statement, Consumer<Message> each) {
        statement.predicate().ifPresent(predicate -> walk(predicate, each));
    }

    private static void walk(Object value, Consumer<Message> each) {
        if (value instanceof Collection<?> values) {
            values.forEach(one -> walk(one, each));
        } else if (value instanceof Message message) {
            each.accept(message);
            message.getAllFields().values().forEach(inner -> walk(inner, each));
        }
    }
}

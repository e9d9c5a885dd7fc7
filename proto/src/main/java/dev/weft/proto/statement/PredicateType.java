package dev.weft.proto.statement;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Disclosure;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.LinkKey;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Notice;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.Publication;
import dev.weft.proto.v1.Revocation;
import dev.weft.proto.v1.Round;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The predicates of weft/v1. A predicate type that is none of these is kept and has no effect. */
public enum PredicateType {
    GENESIS(Genesis.getDefaultInstance()),
    MEMBERSHIP(Membership.getDefaultInstance()),
    KEY(Key.getDefaultInstance()),
    POLICY(Policy.getDefaultInstance()),
    ROUND(Round.getDefaultInstance()),
    PROGRESS(Progress.getDefaultInstance()),
    CONTRIBUTION(Contribution.getDefaultInstance()),
    EVALUATION(Evaluation.getDefaultInstance()),
    PUBLICATION(Publication.getDefaultInstance()),
    ALIAS(Alias.getDefaultInstance()),
    LINKKEY(LinkKey.getDefaultInstance()),
    REVOCATION(Revocation.getDefaultInstance()),
    NOTICE(Notice.getDefaultInstance()),
    DISCLOSURE(Disclosure.getDefaultInstance()),
    EVIDENCE(Evidence.getDefaultInstance());

    private static final Map<String, PredicateType> BY_URI =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(PredicateType::uri, type -> type));
    private static final Map<Descriptor, PredicateType> BY_DESCRIPTOR = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(type -> type.defaultInstance.getDescriptorForType(), type -> type));

    private final String uri = "https://weft.dev/" + name().toLowerCase(Locale.ROOT) + "/v1";
    private final Message defaultInstance;

    PredicateType(Message defaultInstance) {
        this.defaultInstance = defaultInstance;
    }

    /** What stands as {@code predicateType}, for example {@code https://weft.dev/contribution/v1}. */
    public String uri() {
        return uri;
    }

    /** The empty message of this type: its first field is the header. */
    public Message defaultInstance() {
        return defaultInstance;
    }

    /** The type with that URI, if this version knows it. */
    public static Optional<PredicateType> ofUri(String uri) {
        return Optional.ofNullable(BY_URI.get(uri));
    }

    /** The type of a predicate; a message that is none is an IllegalArgumentException. */
    public static PredicateType of(Message predicate) {
        PredicateType type = BY_DESCRIPTOR.get(predicate.getDescriptorForType());
        if (type == null) {
            throw new IllegalArgumentException(predicate.getDescriptorForType().getFullName() + " is no predicate");
        }
        return type;
    }
}

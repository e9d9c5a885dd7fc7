package dev.weft.node.capture;

import dev.weft.node.config.Nearest;
import dev.weft.node.record.Fingerprint;
import dev.weft.node.record.Reference;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.identity.MemberName;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The members of one JSON object, taken by name and form; what nobody took is an error that suggests a name. */
final class Members {

    static final int MAX_ITEMS = 10_000;
    private static final Set<String> NAMING = Set.of("name", "source", "externalId", "version", "labels");

    private final String what;
    private final String path;
    private final Map<?, ?> members;
    private final Set<String> asked = new LinkedHashSet<>();

    private Members(String what, String path, Map<?, ?> members) {
        this.what = what;
        this.path = path;
        this.members = members;
    }

    static Members of(Object value, String what) throws VerificationException {
        return of(value, what, "");
    }

    private static Members of(Object value, String what, String path) throws VerificationException {
        if (value instanceof Map<?, ?> map) {
            return new Members(what, path, map);
        }
        throw new VerificationException(
                Reason.MALFORMED, "%s%s must be a JSON object".formatted(what, path.isEmpty() ? "" : " " + path));
    }

    /** The same members, said to be of something more exact from here on. */
    Members as(String better) {
        Members same = new Members(better, path, members);
        same.asked.addAll(asked);
        return same;
    }

    private String name(String member) {
        return path.isEmpty() ? member : path + "." + member;
    }

    VerificationException bad(String member, String rule) {
        return new VerificationException(Reason.BAD_VALUE, "\"%s\" of %s %s".formatted(name(member), what, rule));
    }

    Optional<Object> any(String member) {
        asked.add(member);
        return Optional.ofNullable(members.get(member));
    }

    private Object required(String member) throws VerificationException {
        return any(member)
                .orElseThrow(() -> new VerificationException(
                        Reason.MISSING_FIELD, "%s has no \"%s\": add it".formatted(what, name(member))));
    }

    Optional<String> optionalText(String member) throws VerificationException {
        Optional<Object> value = any(member);
        if (value.isPresent() && !(value.get() instanceof String)) {
            throw bad(member, "must be text in quotes");
        }
        Optional<String> text = value.map(String.class::cast);
        if (text.isPresent()) {
            requirePrintable(member, text.get());
        }
        return text;
    }

    /** Lines and tabs are for descriptions; what names something would show as another name. */
    private void requirePrintable(String member, String text) throws VerificationException {
        boolean names = NAMING.contains(member);
        if (text.chars().anyMatch(c -> Character.isISOControl(c) && (names || "\t\n\r".indexOf(c) < 0))) {
            throw bad(member, "holds a control character; take it out");
        }
    }

    String text(String member) throws VerificationException {
        required(member);
        String text = optionalText(member).orElse("");
        if (text.isBlank()) {
            throw bad(member, "is empty; say something");
        }
        return text;
    }

    String label(String member) throws VerificationException {
        String text = text(member);
        if (!MemberName.isName(text)) {
            throw bad(member, "must be a name: 1 to 64 characters a-z, 0-9, '.', '_' and '-', first and last no sign");
        }
        return text;
    }

    Optional<String> optionalLabel(String member) throws VerificationException {
        return any(member).isPresent() ? Optional.of(label(member)) : Optional.empty();
    }

    Optional<Boolean> optionalTruth(String member) throws VerificationException {
        Optional<Object> value = any(member);
        if (value.isPresent() && !(value.get() instanceof Boolean)) {
            throw bad(member, "must be true or false");
        }
        return value.map(Boolean.class::cast);
    }

    OptionalLong optionalWhole(String member, long least) throws VerificationException {
        Optional<Object> value = any(member);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (value.get() instanceof StrictJson.Numeral number) {
            try {
                long whole = new BigDecimal(number.text()).longValueExact();
                if (whole >= least) {
                    return OptionalLong.of(whole);
                }
            } catch (ArithmeticException e) {
                // said below
            }
        }
        throw bad(member, least == Long.MIN_VALUE ? "must be a whole number" : "must be a whole number from " + least);
    }

    Optional<ContentDigest> optionalDigest(String member) throws VerificationException {
        Optional<String> text = optionalText(member);
        return text.isEmpty() ? Optional.empty() : Optional.of(digest(member, text.get()));
    }

    /** A digest, a weak one, or the word that there is none: it is not left out by a slip. */
    Fingerprint fingerprint() throws VerificationException {
        Fingerprint fingerprint = new Fingerprint(optionalDigest("digest"), optionalText("weakDigest"));
        boolean undigested = optionalTruth("undigested").orElse(false);
        if (!undigested && fingerprint.equals(Fingerprint.NONE)) {
            digest("digest"); // says that it is missing
        }
        if (undigested && !fingerprint.equals(Fingerprint.NONE)) {
            throw bad("undigested", "contradicts the digest beside it; keep one of them");
        }
        return fingerprint;
    }

    ContentDigest digest(String member) throws VerificationException {
        return digest(member, text(member));
    }

    private ContentDigest digest(String member, String text) throws VerificationException {
        try {
            return ContentDigest.parse(text);
        } catch (VerificationException e) {
            throw new VerificationException(
                    e.reason(), "\"%s\" of %s: %s".formatted(name(member), what, e.getMessage()), e);
        }
    }

    Optional<Digest> optionalId(String member) throws VerificationException {
        return any(member).isPresent() ? Optional.of(id(member)) : Optional.empty();
    }

    Digest id(String member) throws VerificationException {
        try {
            return Digest.fromHex(text(member));
        } catch (IllegalArgumentException e) {
            throw bad(member, "must be the id of a statement: 64 lower-case hex digits");
        }
    }

    Optional<Instant> optionalTime(String member) throws VerificationException {
        Optional<String> text = optionalText(member);
        try {
            Optional<Instant> time =
                    text.map(value -> OffsetDateTime.parse(value).toInstant());
            if (time.isEmpty() || FieldValue.Time.canHold(time.get())) {
                return time;
            }
        } catch (DateTimeException e) {
            // said below
        }
        throw bad(member, "must be a time with its zone, for example 2026-11-21T08:00:00Z, of the years 0000 to 9999");
    }

    MemberName member(String member) throws VerificationException {
        return MemberName.parse(text(member));
    }

    <E extends Enum<E>> E choice(String member, Class<E> choices) throws VerificationException {
        String text = text(member);
        List<String> known = new ArrayList<>();
        for (E choice : choices.getEnumConstants()) {
            String form = choice.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
            if (form.equals(text)) {
                return choice;
            }
            known.add(form);
        }
        throw bad(
                member,
                "is \"%s\"; it must be one of %s%s"
                        .formatted(text, String.join(", ", known), Nearest.hint(text, known)));
    }

    List<?> list(String member) throws VerificationException {
        Object value = any(member).orElse(List.of());
        if (!(value instanceof List<?> items) || items.size() > MAX_ITEMS) {
            throw bad(member, "must be a list of at most " + MAX_ITEMS + " items");
        }
        return items;
    }

    List<String> texts(String member) throws VerificationException {
        List<String> texts = new ArrayList<>();
        for (Object item : list(member)) {
            if (!(item instanceof String text)) {
                throw bad(member, "must be a list of texts");
            }
            requirePrintable(member, text);
            texts.add(text);
        }
        return texts;
    }

    List<Members> objects(String member, String each) throws VerificationException {
        List<Members> objects = new ArrayList<>();
        for (Object item : list(member)) {
            objects.add(of(item, each, name(member) + "[" + objects.size() + "]"));
        }
        return objects;
    }

    Optional<Members> object(String member) throws VerificationException {
        Optional<Object> value = any(member);
        return value.isEmpty() ? Optional.empty() : Optional.of(of(value.get(), what, name(member)));
    }

    Map<?, ?> map(String member) throws VerificationException {
        Object value = any(member).orElse(Map.of());
        if (value instanceof Map<?, ?> map) {
            if (map.keySet().stream().anyMatch(key -> ((String) key).chars().anyMatch(Character::isISOControl))) {
                throw bad(member, "has a name with a control character; take it out");
            }
            return map;
        }
        throw bad(member, "must be an object");
    }

    Reference reference(String member) throws VerificationException {
        return reference(member, required(member));
    }

    Optional<Reference> optionalReference(String member) throws VerificationException {
        Optional<Object> value = any(member);
        return value.isEmpty() ? Optional.empty() : Optional.of(reference(member, value.get()));
    }

    List<Reference> references(String member) throws VerificationException {
        List<Reference> references = new ArrayList<>();
        for (Object item : list(member)) {
            references.add(reference(member, item));
        }
        return references;
    }

    private Reference reference(String member, Object value) throws VerificationException {
        if (value instanceof String text && !text.isEmpty() && text.chars().noneMatch(Character::isISOControl)) {
            return new Reference.ByExternalId(text);
        }
        if (value instanceof StrictJson.Numeral number && number.text().matches("[0-9]{1,18}")) {
            return new Reference.ById(Long.parseLong(number.text()));
        }
        throw bad(member, "must name a record: its number, or its external id in quotes");
    }

    /** Refuses what nobody asked for. */
    void end() throws VerificationException {
        for (Object member : members.keySet()) {
            String name = (String) member;
            if (!asked.contains(name)) {
                throw new VerificationException(
                        Reason.UNKNOWN_FIELD, "%s has no \"%s\"%s".formatted(what, name(name), hint(name)));
            }
        }
    }

    private String hint(String name) {
        String nearest = Nearest.hint(name, asked);
        return nearest.isEmpty() && path.isEmpty() && asked.contains("fields")
                ? ": values of your own go into \"fields\""
                : nearest;
    }
}

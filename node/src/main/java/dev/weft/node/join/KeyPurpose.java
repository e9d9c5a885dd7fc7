package dev.weft.node.join;

import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.PublicKey;
import java.util.Locale;
import java.util.Optional;

/** What a key of a membership is for. Each purpose has a key of its own. */
public enum KeyPurpose {
    /** Signs statements. */
    STATEMENT,
    /** Cosigns checkpoints. */
    WITNESS,
    /** Behind the client certificate. */
    TLS,
    /** Receives what others encrypt for this member. */
    HPKE,
    /** Offline; signs a rollover and nothing else. */
    RECOVERY,
    /** Signs statements beside the statement key, where the federation requires it; not every member has one. */
    SECOND;

    /** As people type it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The purpose that people call so. */
    public static Optional<KeyPurpose> parse(String text) {
        for (KeyPurpose purpose : values()) {
            if (purpose.text().equals(text)) {
                return Optional.of(purpose);
            }
        }
        return Optional.empty();
    }

    /** The key of this purpose. */
    PublicKey of(MemberKeys keys) {
        return switch (this) {
            case STATEMENT -> keys.getStatement();
            case WITNESS -> keys.getWitness();
            case TLS -> keys.getTls();
            case HPKE -> keys.getHpke();
            case RECOVERY -> keys.getRecovery();
            case SECOND -> keys.getSecond();
        };
    }
}

package dev.weft.proto;

import java.util.Locale;
import java.util.Optional;

/**
 * Why something was refused or did not hold. The codes are stable: they stand on the wire, in metrics, in logs and in
 * the graph, and are never renamed. Every code goes with one sentence that says what to do.
 */
public enum Reason {
    /** Another process holds the lock of this directory. */
    ALREADY_RUNNING,
    /** The anchor names a larger or another tree than the database holds: the database was restored or lost writes. */
    ANCHOR_AHEAD,
    /** Somebody else moved the anchor: this process is no longer the one that may sign. */
    ANCHOR_LOST,
    /** The database holds a history, but its anchor file is gone: nothing may be signed. */
    ANCHOR_MISSING,
    /** Anchor and database are of different logs, or have different roots at one size: nothing may be signed. */
    ANCHOR_MISMATCH,
    /** An answer tells what the entries that it names do not say. */
    ANSWER_UNFOUNDED,
    /** Nothing names that artifact at this site. */
    ARTIFACT_UNKNOWN,
    /** A question asks at a log size that is not kept. */
    AT_UNAVAILABLE,
    /** A certificate does not parse, has another form than required, or does not chain to the federation's CA. */
    BAD_CERTIFICATE,
    /** An opened value, name and salt do not give the commitment. */
    BAD_COMMITMENT,
    /** A consistency proof does not lead from the older to the newer tree head. */
    BAD_CONSISTENCY_PROOF,
    /** A digest has an unknown algorithm, the wrong length or is not lower-case hex. */
    BAD_DIGEST,
    /** An inclusion proof does not lead from the leaf to the tree head. */
    BAD_INCLUSION_PROOF,
    /** A public key has the wrong length or form, or is a point that the signature rule refuses. */
    BAD_KEY,
    /** A name does not follow the name rule, or is reserved. */
    BAD_NAME,
    /** A page token is not one that this server gave for this question. */
    BAD_PAGE_TOKEN,
    /** A proof of possession does not verify. */
    BAD_POSSESSION,
    /** A signature does not verify under the key it should be of. */
    BAD_SIGNATURE,
    /** A time is not RFC 3339 UTC in the required form, or out of range. */
    BAD_TIME,
    /** A field's value is outside what its definition allows. */
    BAD_VALUE,
    /** Too much work waits already; the same may be sent again later. */
    BUSY,
    /** A certificate is past its end or before its beginning. */
    CERTIFICATE_EXPIRED,
    /** The connection's certificate names another member than the statement's author. */
    CERTIFICATE_MISMATCH,
    /** All that a bundle holds is authentic, and what it is asked to show is not so. */
    CLAIM_FALSE,
    /** The two clocks are further apart than the rule allows. */
    CLOCK_SKEW,
    /** A configuration value cannot be used. */
    CONFIG_INVALID,
    /** A configuration key is unknown. */
    CONFIG_UNKNOWN_KEY,
    /** A second, different open or close of a round; the first one counts. */
    CONTRADICTION,
    /** Approval is needed from a data steward, or was refused by one. */
    DECISION_REFUSED,
    /** The release decision was taken already. */
    DECISION_TAKEN,
    /** The storage is full; nothing of the refused work was kept, and work goes on when there is room. */
    DISK_FULL,
    /** The same element stands twice where one is allowed. */
    DUPLICATE,
    /** Two different statements of one author carry the same sequence number, both validly signed. */
    EQUIVOCATION,
    /** The field's value and salt were erased. */
    ERASED,
    /** The same source and external id was recorded before with other content. */
    EXTERNAL_ID_CONFLICT,
    /** The peer sends more than was agreed. */
    FLOOD,
    /** The request's Host or Origin is not this server's. */
    FOREIGN_ORIGIN,
    /** Two checkpoints of one log that no single log can have. */
    FORK,
    /** A bug or an unexpected failure on this side; the operator's log has more. */
    INTERNAL,
    /** The invitation's time is over. */
    INVITATION_EXPIRED,
    /** The invitation is not signed by this federation's root, or does not parse. */
    INVITATION_INVALID,
    /** The invitation opened a membership with other keys already. */
    INVITATION_USED,
    /** A key or token file can be read by others. */
    INSECURE_FILE,
    /** The log holds an earlier linking key of that epoch, which counts. */
    LINK_EPOCH_TAKEN,
    /** This node does not have the federation's linking key. */
    LINK_KEY_MISSING,
    /** A linking key that does not give the check value that the log holds. */
    LINK_KEY_WRONG,
    /** A count or a rate is above its limit. */
    LIMIT_EXCEEDED,
    /** The stored log contradicts itself: entries, tiles and head do not give one tree. */
    LOG_CORRUPT,
    /** Another writer moved the log's head. */
    LOG_MOVED,
    /** The bytes are not what they should be: they do not parse, or break a rule of their form. */
    MALFORMED,
    /** The member was admitted before, or the name is taken. */
    MEMBER_EXISTS,
    /** What is asked for is there, and not by that HTTP method. */
    METHOD_NOT_ALLOWED,
    /** A field that must be there is not. */
    MISSING_FIELD,
    /** A required signature is not there. */
    MISSING_SIGNATURE,
    /** The statement's round is not closed yet. */
    NOT_CLOSED,
    /** The bytes parse, but are not the one valid encoding of what they say. */
    NOT_CANONICAL,
    /** This directory has not joined a federation. */
    NOT_ENROLLED,
    /** Sealed to another key or for another occasion, or changed on the way: it does not open. */
    NOT_FOR_US,
    /** No such thing here. */
    NOT_FOUND,
    /** The peer is not a member of this federation. */
    NOT_MEMBER,
    /** The round has not been opened. */
    NOT_OPEN,
    /** The artifact is another member's. */
    NOT_OWNER,
    /** Only the round's registrant may say this. */
    NOT_REGISTRANT,
    /** A sequence number above the next one: something before it is missing. */
    OUT_OF_ORDER,
    /** A policy file or policy statement breaks a rule. */
    POLICY_INVALID,
    /** The previous statement that is named is not the author's last one. */
    PREV_MISMATCH,
    /** A private key or secret stands where it must not. */
    PRIVATE_MATERIAL,
    /** The peer broke the order of messages. */
    PROTOCOL,
    /** What was handed in as a proof shows nothing that could not be true of an honest party. */
    PROVES_NOTHING,
    /** The author's key is in quarantine after an equivocation; only a rollover ends it. */
    QUARANTINED,
    /** Not enough witnesses cosigned. */
    QUORUM_MISSING,
    /** The request cannot be told apart from one answered before. */
    REPLAYED,
    /** The key or the membership is revoked. */
    REVOKED,
    /** The author's role does not allow this. */
    ROLE_NOT_ALLOWED,
    /** The round is closed. */
    ROUND_CLOSED,
    /** The round is registered or opened already. */
    ROUND_EXISTS,
    /** The database was written by a newer version. */
    SCHEMA_NEWER,
    /** The token does not have the scope that this needs. */
    SCOPE_MISSING,
    /** A member has enrolled no second key, and root or the log asks for one. */
    SECOND_KEY_MISSING,
    /** The second signature that the federation requires at this point of the log is missing. */
    SECOND_SIGNATURE_MISSING,
    /** The sequence number is taken by another statement. */
    SEQ_TAKEN,
    /** The server is stopping; come back. */
    SHUTDOWN,
    /** The site log's head goes back, or its consistency proof does not hold. */
    SITE_PROOF_INVALID,
    /** The peer stopped reading or answering. */
    STALLED,
    /** The writer stopped, because it cannot know what the database holds; restart to find out. */
    STOPPED,
    /** The operator suspended the member. */
    SUSPENDED,
    /** A message nests deeper than allowed. */
    TOO_DEEP,
    /** The number is a count of too few to be told to anybody. */
    TOO_FEW,
    /** A message, entry or file is larger than allowed. */
    TOO_LARGE,
    /** No valid token came with the request. */
    UNAUTHENTICATED,
    /** No connection to the other side. */
    UNAVAILABLE,
    /** A signature that was not asked for. */
    UNEXPECTED_SIGNATURE,
    /** An algorithm that this version does not know. */
    UNKNOWN_ALGORITHM,
    /** The statement's author is no member, nor root or aggregator. */
    UNKNOWN_AUTHOR,
    /** A field that this version does not know, in a message whose version it knows. */
    UNKNOWN_FIELD,
    /** A signature by a key that is not the author's. */
    UNKNOWN_KEY,
    /** A record or event kind that this version does not know. */
    UNKNOWN_KIND,
    /** A checkpoint of a log that is not this federation's. */
    UNKNOWN_LOG,
    /** A reference names nothing that is known. */
    UNKNOWN_REFERENCE,
    /** The round is not registered. */
    UNKNOWN_ROUND,
    /** A predicate or payload type that this version does not know. */
    UNKNOWN_TYPE,
    /** The checkpoint carries no signature by a key that counts. */
    UNSIGNED_CHECKPOINT,
    /** No protocol version in common. */
    UNSUPPORTED_VERSION,
    /** Meant for another log. */
    WRONG_AUDIENCE,
    /** Another author than the one that may say this. */
    WRONG_AUTHOR,
    /** Meant for another federation. */
    WRONG_FEDERATION,
    /** An incarnation that is not the author's current one. */
    WRONG_INCARNATION;

    private final String code = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The stable code in kebab case, for example {@code bad-signature}. */
    public String code() {
        return code;
    }

    /** The reason with that code, if this version knows it. */
    public static Optional<Reason> ofCode(String code) {
        for (Reason reason : values()) {
            if (reason.code.equals(code)) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }
}

package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.InvitationToken;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Signature;
import dev.weft.proto.v1.SignedInvitation;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The root's word that one name may join. An invitation is signed by root keys, carries a one-time public key, and opens
 * one membership; the text that the newcomer is handed holds the one-time key's secret half and works once.
 */
public final class Invitations {

    /** How the text begins; what follows is base64url without padding. */
    public static final String TEXT_PREFIX = "weft-invitation-v1.";

    private static final int MAX_TEXT = 32_768;
    private static final int MAX_ORGANISATION = 200;
    private static final int MAX_ADDRESSES = 8;
    private static final int MAX_ADDRESS = 300;
    private static final int NONCE_SIZE = 16;

    private Invitations() {}

    /**
     * Makes what a newcomer is handed.
     *
     * @param invitation all fields but {@code one_time_key}, {@code ca_digest} and {@code nonce}, which are filled here
     * @param root at least as many root keys as the federation's threshold, each with its second key where one is required
     */
    public static InvitationToken issue(
            Invitation invitation, List<? extends Signatory> root, X509Certificate ca, SecureRandom random) {
        SigningKey oneTime = SigningKey.generate(random);
        byte[] nonce = new byte[NONCE_SIZE];
        random.nextBytes(nonce);
        ByteString caDer = Certificates.toDer(ca);
        Invitation whole = invitation.toBuilder()
                .setOneTimeKey(oneTime.verifyingKey().toProto())
                .setCaDigest(Hashing.sha256(caDer).toByteString())
                .setNonce(ByteString.copyFrom(nonce))
                .build();
        return InvitationToken.newBuilder()
                .setSigned(sign(whole, root))
                .setOneTimeSeed(oneTime.seed())
                .setCaCertificate(caDer)
                .build();
    }

    /** Signs {@code "weft/invitation/v1" 0x00 invitation} with each of the root keys. */
    public static SignedInvitation sign(Invitation invitation, List<? extends Signatory> root) {
        ByteString bytes = invitation.toByteString();
        byte[] message = message(bytes);
        List<Signature> signatures = root.stream()
                .map(key -> Signature.newBuilder()
                        .setKeyId(key.verifyingKey().id().value())
                        .setSignature(key.sign(message))
                        .build())
                .sorted(Comparator.comparing(signature -> new KeyId(signature.getKeyId())))
                .toList();
        return SignedInvitation.newBuilder()
                .setInvitation(bytes)
                .addAllSignatures(signatures)
                .build();
    }

    /**
     * Checks that root signed the invitation, and its form.
     *
     * @throws VerificationException {@link Reason#INVITATION_INVALID} or {@link Reason#BAD_SIGNATURE}
     */
    public static Invitation verify(SignedInvitation signed, RootKeys root) throws VerificationException {
        Map<ByteString, SignatureKey> unused = new HashMap<>();
        root.first().forEach(key -> unused.put(key.id().value(), key));
        root.second().forEach(key -> unused.put(key.id().value(), key));
        byte[] message = message(signed.getInvitation());
        for (Signature signature : signed.getSignaturesList()) {
            SignatureKey key = unused.remove(signature.getKeyId());
            if (key == null) {
                throw invalid("a signature is not by a root key of this federation, or stands twice");
            }
            key.verify(message, signature.getSignature());
        }
        int signers = 0;
        for (int i = 0; i < root.first().size(); i++) {
            boolean first = !unused.containsKey(root.first().get(i).id().value());
            if (root.needSecond()
                    && first == unused.containsKey(root.second().get(i).id().value())) {
                throw invalid("a root key signed it without its second key, which the federation requires");
            }
            signers += first ? 1 : 0;
        }
        if (signers < root.threshold()) {
            throw invalid("it carries signatures of " + signers + " root keys of the " + root.threshold()
                    + " that are needed");
        }
        return read(signed.getInvitation());
    }

    /** The invitation's id: SHA-256 of its signed bytes. */
    public static Digest id(SignedInvitation signed) {
        return Hashing.sha256(signed.getInvitation());
    }

    /** The text that the newcomer is handed: a secret. */
    public static String toText(InvitationToken token) {
        return TEXT_PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(token.toByteArray());
    }

    /**
     * Reads that text and checks that its parts belong together. Root's signature is checked by whoever knows genesis.
     *
     * @throws VerificationException {@link Reason#INVITATION_INVALID}
     */
    public static InvitationToken parse(String text) throws VerificationException {
        String stripped = text.strip();
        if (!stripped.startsWith(TEXT_PREFIX) || stripped.length() > MAX_TEXT) {
            throw invalid("it does not begin with " + TEXT_PREFIX + " or is too long");
        }
        InvitationToken token;
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(stripped.substring(TEXT_PREFIX.length()));
            token = InvitationToken.parseFrom(bytes);
        } catch (IllegalArgumentException | InvalidProtocolBufferException e) {
            throw invalid("its text is damaged");
        }
        checkParts(token);
        return token;
    }

    /**
     * What the token's invitation says; not proof of anything before {@link #verify}.
     *
     * @throws VerificationException {@link Reason#INVITATION_INVALID} where its form is broken
     */
    public static Invitation read(InvitationToken token) throws VerificationException {
        return read(token.getSigned().getInvitation());
    }

    /**
     * What a signed invitation says; not proof of anything before {@link #verify}.
     *
     * @throws VerificationException {@link Reason#INVITATION_INVALID} where its form is broken
     */
    public static Invitation read(SignedInvitation signed) throws VerificationException {
        return read(signed.getInvitation());
    }

    /** What an invitation says that {@link #verify} has passed before. */
    public static Invitation readAgain(SignedInvitation signed) throws VerificationException {
        return parse(signed.getInvitation());
    }

    private static void checkParts(InvitationToken token) throws VerificationException {
        Invitation invitation = read(token);
        if (token.getOneTimeSeed().size() != StrictRule.KEY_SIZE
                || !SigningKey.fromSeed(token.getOneTimeSeed())
                        .verifyingKey()
                        .toProto()
                        .equals(invitation.getOneTimeKey())) {
            throw invalid("its secret does not belong to its one-time key");
        }
        if (!Hashing.sha256(token.getCaCertificate()).toByteString().equals(invitation.getCaDigest())) {
            throw invalid("its CA certificate is not the one that was signed");
        }
    }

    private static Invitation read(ByteString bytes) throws VerificationException {
        Invitation invitation = parse(bytes);
        checkForm(invitation);
        return invitation;
    }

    private static Invitation parse(ByteString bytes) throws VerificationException {
        try {
            return Invitation.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw invalid("its text is damaged");
        }
    }

    private static void checkForm(Invitation invitation) throws VerificationException {
        MemberName member = MemberName.parse(invitation.getMember());
        MemberName.parse(invitation.getFederationName());
        VerifyingKey.of(invitation.getOneTimeKey());
        WireTime.parse(invitation.getExpires());
        boolean sizes = invitation.getFederation().size() == Digest.SIZE
                && invitation.getCaDigest().size() == Digest.SIZE
                && invitation.getNonce().size() == NONCE_SIZE
                && invitation.getOrganisation().length() <= MAX_ORGANISATION;
        if (!sizes || !invitation.getUnknownFields().asMap().isEmpty()) {
            throw invalid("a field is missing, too long or unknown");
        }
        if (member.isReserved()) {
            throw invalid("the name '" + member + "' is reserved");
        }
        if (invitation.getRole() == Role.ROLE_UNSPECIFIED || invitation.getRole() == Role.UNRECOGNIZED) {
            throw invalid("it names no role");
        }
        if (invitation.getSecond() != KeyAlgorithm.KEY_ALGORITHM_UNSPECIFIED
                && invitation.getSecond() != KeyAlgorithm.ML_DSA_44) {
            throw invalid("it asks for a second key of an algorithm that this version does not know");
        }
        checkAddresses(invitation.getAddressesList());
    }

    private static void checkAddresses(List<String> addresses) throws VerificationException {
        if (addresses.isEmpty() || addresses.size() > MAX_ADDRESSES) {
            throw invalid("it names " + addresses.size() + " addresses; 1 to " + MAX_ADDRESSES + " are allowed");
        }
        for (String address : addresses) {
            if (address.length() > MAX_ADDRESS || !address.matches(".+:[0-9]{1,5}")) {
                throw invalid("an address is not HOST:PORT");
            }
        }
    }

    private static byte[] message(ByteString invitation) {
        return new SigningBytes("weft/invitation/v1").fixed(invitation).toByteArray();
    }

    private static VerificationException invalid(String why) {
        return new VerificationException(
                Reason.INVITATION_INVALID, "The invitation cannot be used: " + why + "; ask for a new one.");
    }
}

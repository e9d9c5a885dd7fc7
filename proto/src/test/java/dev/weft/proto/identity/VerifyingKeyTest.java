package dev.weft.proto.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.SharedVectors;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.PublicKey;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The strict rule, the same with every provider. */
class VerifyingKeyTest {

    private static final BigInteger ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    static Stream<Ed25519Provider> providers() {
        return Stream.concat(Stream.of(new BouncyCastleEd25519()), SignatureProvider.probeNative().stream());
    }

    @ParameterizedTest
    @MethodSource("providers")
    void verify_cctvEdgeCases_acceptsExactlyTheRegularOne(Ed25519Provider provider) throws IOException {
        List<Integer> accepted = new ArrayList<>();
        for (JsonElement element :
                SharedVectors.json("C2SP+CCTV/ed25519/ed25519vectors.json").getAsJsonArray()) {
            JsonObject vector = element.getAsJsonObject();
            byte[] message = vector.get("msg").getAsString().getBytes(UTF_8);
            if (verifies(
                    provider,
                    vector.get("key").getAsString(),
                    message,
                    vector.get("sig").getAsString())) {
                accepted.add(vector.get("number").getAsInt());
                assertThat(vector.get("flags").isJsonNull()).isTrue();
            }
        }
        assertThat(accepted).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void verify_wycheproof_judgesAsExpected(Ed25519Provider provider) throws IOException {
        JsonObject file = SharedVectors.json("C2SP+wycheproof/testvectors_v1/ed25519_test.json")
                .getAsJsonObject();
        int checked = 0;
        for (JsonElement element : file.getAsJsonArray("testGroups")) {
            JsonObject group = element.getAsJsonObject();
            String key = group.getAsJsonObject("publicKey").get("pk").getAsString();
            for (JsonElement test : group.getAsJsonArray("tests")) {
                JsonObject vector = test.getAsJsonObject();
                byte[] message = HexFormat.of().parseHex(vector.get("msg").getAsString());
                boolean valid = "valid".equals(vector.get("result").getAsString());
                assertThat(verifies(provider, key, message, vector.get("sig").getAsString()))
                        .as("tcId %s, %s", vector.get("tcId"), vector.get("comment"))
                        .isEqualTo(valid);
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(100);
    }

    /** RFC 8032 section 7.1, tests 1 to 3: seed, public key, message, signature. */
    @ParameterizedTest
    @MethodSource("providers")
    void sign_rfc8032_givesTheVectors(Ed25519Provider provider) throws VerificationException {
        String[][] vectors = {
            {
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            },
            {
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            },
            {
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
            }
        };
        for (String[] vector : vectors) {
            SigningKey key = SigningKey.fromSeed(hex(vector[0]), provider);
            byte[] message = hex(vector[2]).toByteArray();
            assertThat(key.verifyingKey().raw()).isEqualTo(hex(vector[1]));
            assertThat(key.sign(message)).isEqualTo(hex(vector[3]));
            key.verifyingKey().verify(message, hex(vector[3]));
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void verify_oneBitChanged_refuses(Ed25519Provider provider) throws VerificationException {
        SigningKey key = SigningKey.fromSeed(ByteString.copyFrom(new byte[32]), provider);
        byte[] message = "the exact bytes".getBytes(UTF_8);
        byte[] signature = key.sign("the exact bytes".getBytes(UTF_8)).toByteArray();
        key.verifyingKey().verify(message, ByteString.copyFrom(signature));
        for (int bit = 0; bit < signature.length * 8; bit++) {
            byte[] changed = signature.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> key.verifyingKey().verify(message, ByteString.copyFrom(changed)))
                    .isInstanceOfSatisfying(
                            VerificationException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.BAD_SIGNATURE));
        }
        key.verifyingKey().verify(message, ByteString.copyFrom(signature)); // a refusal spoils nothing
    }

    /** S and S + L satisfy the same equation; only the first is a signature. */
    @ParameterizedTest
    @MethodSource("providers")
    void verify_sPlusOrder_refuses(Ed25519Provider provider) {
        SigningKey key = SigningKey.fromSeed(ByteString.copyFrom(new byte[32]), provider);
        byte[] signature = key.sign(new byte[] {1}).toByteArray();
        byte[] scalar = new byte[32];
        for (int i = 0; i < 32; i++) {
            scalar[i] = signature[63 - i];
        }
        byte[] raised = new BigInteger(1, scalar).add(ORDER).toByteArray();
        for (int i = 0; i < 32; i++) {
            signature[32 + i] = i < raised.length ? raised[raised.length - 1 - i] : 0;
        }
        assertThatThrownBy(() -> key.verifyingKey().verify(new byte[] {1}, ByteString.copyFrom(signature)))
                .isInstanceOf(VerificationException.class);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void verify_wrongLength_refuses(Ed25519Provider provider) {
        SigningKey key = SigningKey.fromSeed(ByteString.copyFrom(new byte[32]), provider);
        ByteString signature = key.sign(new byte[0]);
        for (ByteString wrong : List.of(
                ByteString.EMPTY, signature.substring(0, 63), signature.concat(ByteString.copyFrom(new byte[1])))) {
            assertThatThrownBy(() -> key.verifyingKey().verify(new byte[0], wrong))
                    .isInstanceOf(VerificationException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void verify_manyThreadsOneKey_allHold(Ed25519Provider provider) throws Exception {
        SigningKey key = SigningKey.fromSeed(ByteString.copyFrom(new byte[32]), provider);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int task = 0; task < 8; task++) {
                byte[] message = {(byte) task};
                tasks.add(() -> {
                    for (int i = 0; i < 200; i++) {
                        key.verifyingKey().verify(message, key.sign(message));
                    }
                    return true;
                });
            }
            for (Future<Boolean> done : threads.invokeAll(tasks)) {
                assertThat(done.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void of_identityLowOrderNonCanonicalOrWrongLength_refuses() {
        for (String bad : List.of(
                "0100000000000000000000000000000000000000000000000000000000000000",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751",
                "")) {
            assertThatThrownBy(() -> VerifyingKey.of(hex(bad)))
                    .isInstanceOfSatisfying(
                            VerificationException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.BAD_KEY));
        }
    }

    @Test
    void of_otherAlgorithm_refuses() {
        PublicKey key = SigningKey.fromSeed(ByteString.copyFrom(new byte[32])).verifyingKey().toProto().toBuilder()
                .setAlgorithm(KeyAlgorithm.X25519)
                .build();
        assertThatThrownBy(() -> VerifyingKey.of(key)).isInstanceOf(VerificationException.class);
    }

    @Test
    void choose_forced_givesThatProviderOrFails() {
        assertThat(SignatureProvider.choose("bouncycastle").name()).isEqualTo("bouncycastle");
        if (SignatureProvider.probeNative().isPresent()) {
            assertThat(SignatureProvider.choose("auto").name()).isEqualTo("accp");
            assertThat(SignatureProvider.choose("accp").name()).isEqualTo("accp");
        } else {
            assertThat(SignatureProvider.choose("auto").name()).isEqualTo("bouncycastle");
            assertThatThrownBy(() -> SignatureProvider.choose("accp")).hasMessageContaining("use auto");
        }
        assertThatThrownBy(() -> SignatureProvider.choose("sunec")).hasMessageContaining("bouncycastle");
        assertThat(SignatureProvider.active()).isIn("accp", "bouncycastle");
    }

    private static boolean verifies(Ed25519Provider provider, String key, byte[] message, String signature) {
        try {
            VerifyingKey.of(hex(key), provider).verify(message, hex(signature));
            return true;
        } catch (VerificationException e) {
            return false;
        }
    }

    private static ByteString hex(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }
}

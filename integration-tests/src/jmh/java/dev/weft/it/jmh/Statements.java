package dev.weft.it.jmh;

import com.google.protobuf.ByteString;
import dev.weft.it.load.Specimen;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.VerifyingKey;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Contribution;
import java.security.SecureRandom;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A contribution with three runs: what it costs to sign, to open, and to check. */
@State(Scope.Benchmark)
public class Statements {
    private final SigningKey key = SigningKey.generate(new SecureRandom());
    private final VerifyingKey verifying = key.verifyingKey();
    private final Contribution contribution = Specimen.contribution();
    private ByteString envelope = ByteString.EMPTY;
    private byte[] message = new byte[0];
    private ByteString signature = ByteString.EMPTY;
    private final MlDsaSigningKey second = MlDsaSigningKey.generate(new SecureRandom());
    private ByteString secondSignature = ByteString.EMPTY;

    @Setup
    public void sign() throws VerificationException {
        envelope = EnvelopeSigner.sign(contribution, List.of(key)).bytes();
        message = EnvelopeOpener.open(envelope).pae();
        signature = key.sign(message);
        secondSignature = second.sign(message);
    }

    @Benchmark
    public ByteString secondSign() {
        return second.sign(message);
    }

    @Benchmark
    public void secondVerify() throws VerificationException {
        second.verifyingKey().verify(message, secondSignature);
    }

    @Benchmark
    public void bareVerify() throws VerificationException {
        verifying.verify(message, signature);
    }

    @Benchmark
    public OpenedEnvelope open() throws VerificationException {
        return EnvelopeOpener.open(envelope);
    }

    @Benchmark
    public OpenedEnvelope openAndVerify() throws VerificationException {
        OpenedEnvelope opened = EnvelopeOpener.open(envelope);
        opened.verify(List.of(verifying));
        return opened;
    }

    @Benchmark
    public SignedEnvelope print() throws VerificationException {
        return EnvelopeSigner.sign(contribution, List.of(key));
    }
}

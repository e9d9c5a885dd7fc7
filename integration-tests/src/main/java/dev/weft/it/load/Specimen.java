package dev.weft.it.load;

import com.google.protobuf.ByteString;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.CommittedField;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Head;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Run;
import dev.weft.proto.v1.RunKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** A realistic contribution: three runs, some 1.6 KB of canonical JSON. */
public final class Specimen {
    private static final String CODE = "git-sha1:0123456789abcdef0123456789abcdef01234567";

    private Specimen() {}

    /** One with a header that nobody's log knows. */
    public static Contribution contribution() {
        Head head = Head.newBuilder()
                .setSize(1_000)
                .setRoot(hash("head").toByteString())
                .build();
        Header header = Header.newBuilder()
                .setFederation(hash("federation").toByteString())
                .setAudience("bench/log/1")
                .setAuthor("site0001")
                .setSeq(7)
                .setPrev(hash("prev").toByteString())
                .setSiteHead(head)
                .setSeen(head)
                .setRecordedAt(WireTime.print(Instant.EPOCH))
                .build();
        return contribution("site0001", 7, hash("round"), model("input"))
                .setHeader(header)
                .build();
    }

    /** What a site did in a round: prepared before, trained and evaluated for it. Without a header. */
    static Contribution.Builder contribution(String site, long n, Digest round, String inputModel) {
        String update = model("update " + site + n);
        ArtifactRef input =
                publicModel(inputModel).setFrom(round.toByteString()).build();
        return Contribution.newBuilder()
                .setRound(round.toByteString())
                .setInputModel(input)
                .setWireDigest(update)
                .addRuns(run(site, "prepare", RunKind.PREPARE)
                        .addInputs(committed(ArtifactKind.DATASET, site, "raw"))
                        .addOutputs(committed(ArtifactKind.DATASET, site, "prepared")))
                .addRuns(run(site, "train " + n, RunKind.TRAIN)
                        .addInputs(committed(ArtifactKind.DATASET, site, "prepared"))
                        .addOutputs(publicModel(update))
                        .addCode(code()))
                .addRuns(run(site, "evaluate " + n, RunKind.EVALUATE).addInputs(publicModel(update)))
                .addSummaries(CommittedField.newBuilder()
                        .setName("metric.accuracy")
                        .setCommitment(hash("accuracy " + n).toByteString()));
    }

    static String model(String of) {
        return ContentDigest.model(hash(of)).toString();
    }

    static Digest hash(String of) {
        return Hashing.sha256(ByteString.copyFrom(of, StandardCharsets.UTF_8));
    }

    private static Run.Builder run(String site, String id, RunKind kind) {
        return Run.newBuilder().setId(committed(ArtifactKind.RUN, site, id)).setKind(kind);
    }

    private static ArtifactRef.Builder committed(ArtifactKind kind, String site, String what) {
        return ArtifactRef.newBuilder()
                .setKind(kind)
                .setCommitment(hash(site + " " + what).toByteString());
    }

    static ArtifactRef.Builder publicModel(String digest) {
        return ArtifactRef.newBuilder().setKind(ArtifactKind.MODEL).setDigest(digest);
    }

    private static ArtifactRef.Builder code() {
        return ArtifactRef.newBuilder().setKind(ArtifactKind.CODE).setDigest(CODE);
    }
}

package dev.weft.aggregator.ask;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.v1.OpenedField;
import dev.weft.proto.v1.Opening;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.SiteInRound;
import dev.weft.proto.v1.SiteState;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundPartsTest {
    /** What a gRPC client takes where nobody says otherwise. */
    private static final int GRPC_DEFAULT = 4 << 20;

    private static final ByteString HASH = ByteString.copyFrom(new byte[32]);

    @Test
    void roundOfTenThousandSites_comesInMessagesThatEveryClientTakes() {
        RoundStatus.Builder round = small(10_000);
        for (int n = 0; n < round.getSitesCount(); n++) {
            round.getSitesBuilder(n).addSummaries(summary("metric.accuracy")).addSummaries(summary("metric.loss"));
        }
        assertThat(round.build().getSerializedSize()).isGreaterThan(GRPC_DEFAULT);

        List<RoundStatus> parts = RoundParts.of(round.build());

        assertThat(parts)
                .allSatisfy(part -> assertThat(part.getSerializedSize()).isLessThan(RoundParts.SITES + 2_000));
        RoundStatus.Builder joined = RoundStatus.newBuilder();
        parts.forEach(joined::mergeFrom);
        assertThat(joined.build().equals(round.build())).isTrue();
        assertThat(parts.get(1).toBuilder().clearSites().build())
                .as("what goes on is the id and sites")
                .isEqualTo(RoundStatus.newBuilder().setId(HASH).build());
    }

    @Test
    void siteThatIsLargerThanAPart_standsAlone() {
        RoundStatus.Builder round = small(3);
        round.getSitesBuilder(1).setReason("r".repeat(RoundParts.SITES + 1));

        assertThat(RoundParts.of(round.build()))
                .extracting(RoundStatus::getSitesCount)
                .containsExactly(1, 1, 1);
    }

    @Test
    void roundWithoutSites_isOneMessage() {
        assertThat(RoundParts.of(small(0).build())).containsExactly(small(0).build());
    }

    private static RoundStatus.Builder small(int sites) {
        RoundStatus.Builder round = RoundStatus.newBuilder()
                .setId(HASH)
                .setTrainingLine("line")
                .setNumber(7)
                .setRegistrant("coordinator");
        for (int n = 0; n < sites; n++) {
            round.addSites(SiteInRound.newBuilder()
                    .setMember("h".repeat(58) + (100_000 + n))
                    .setState(SiteState.SITE_ACCEPTED)
                    .setWireDigest("weft-model-v1:" + "ab".repeat(32))
                    .addEntries(1_000_000 + n)
                    .addEntries(2_000_000 + n)
                    .setContribution(HASH));
        }
        return round;
    }

    private static OpenedField summary(String name) {
        return OpenedField.newBuilder()
                .setName(name)
                .setValue("0.9473684210526")
                .setEntry(1_000_000)
                .setOpening(Opening.newBuilder()
                        .setCommitment(HASH)
                        .setName(name)
                        .setSalt(HASH)
                        .setValue(HASH))
                .build();
    }
}

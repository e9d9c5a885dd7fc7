package dev.weft.node.ask;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.v1.Answer;
import dev.weft.proto.v1.AnswerEnd;
import dev.weft.proto.v1.AnswerHead;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.SiteInRound;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundPartsTest {
    private static final Answer HEAD =
            Answer.newBuilder().setHead(AnswerHead.getDefaultInstance()).build();
    private static final Answer END =
            Answer.newBuilder().setEnd(AnswerEnd.getDefaultInstance()).build();

    @Test
    void sitesThatGoOn_comeToTheirRound() {
        List<Answer> joined = RoundParts.joined(List.of(
                HEAD,
                round(1, 7, "a", "b"),
                round(1, 0, "c"),
                round(1, 0, "d"),
                round(2, 8, "a"),
                round(2, 0, "b"),
                END));

        assertThat(joined).containsExactly(HEAD, round(1, 7, "a", "b", "c", "d"), round(2, 8, "a", "b"), END);
    }

    @Test
    void secondWordOnARound_isNotMixedIntoTheFirst() {
        List<Answer> told = List.of(HEAD, round(1, 7, "a"), round(1, 9, "b"), END);

        assertThat(RoundParts.joined(told)).isEqualTo(told);
    }

    @Test
    void sitesOfAnotherRound_stayThere() {
        List<Answer> told = List.of(HEAD, round(1, 7, "a"), round(2, 0, "b"), END);

        assertThat(RoundParts.joined(told)).isEqualTo(told);
    }

    private static Answer round(int id, int number, String... sites) {
        RoundStatus.Builder round = RoundStatus.newBuilder()
                .setId(ByteString.copyFrom(new byte[] {(byte) id}))
                .setNumber(number);
        for (String site : sites) {
            round.addSites(SiteInRound.newBuilder().setMember(site));
        }
        return Answer.newBuilder().setRound(round).build();
    }
}

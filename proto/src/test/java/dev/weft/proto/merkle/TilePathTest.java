package dev.weft.proto.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.proto.VerificationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TilePathTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tile/0/000",
                "tile/0/x001/234",
                "tile/3/x001/x234/067",
                "tile/0/001.p/5",
                "tile/entries/x001/x234/067.p/255",
                "tile/7/999"
            })
    void parse_properPath_printsItself(String path) throws VerificationException {
        assertThat(TilePath.parse(path).path()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tile/0/0",
                "tile/0/x000/001",
                "tile/0/123/456/078",
                "tile/-1/000",
                "tile/8/000",
                "tile/0/001.p/0",
                "tile/0/001.p/256",
                "tile/0/001.p/05",
                "tile/0/001.p/999",
                "/tile/0/001",
                "tile/0/001/",
                "tile/00/001",
                "tile/entries/../001",
                "tile/0/x001/x001/x001/x001/x001/x001/x001/001"
            })
    void parse_anythingElse_isRefused(String path) {
        assertThatThrownBy(() -> TilePath.parse(path)).isInstanceOf(VerificationException.class);
    }
}

package dev.weft.it.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.Test;

class RawStoreTest {

    @Test
    void privateFields_areKeptAndPublicOnesReleased() {
        assertThat(kept("""
                        {"record": 1, "kind": "dataset", "fields": [
                          {"name": "kind", "class": "private", "type": "text", "value": "dataset"},
                          {"name": "path", "class": "private", "type": "text", "value": "/data/a.csv"},
                          {"name": "digest", "class": "public", "type": "digest", "value": "sha256:00"},
                          {"name": "labels", "class": "private", "type": "list", "value": ["one", "two"]},
                          {"name": "name", "class": "private", "type": "erased"}]}
                        """)).containsExactly("/data/a.csv", "one", "two");
    }

    @Test
    void roundEvents_areReleasedButForWhatOnlyACommitmentStandsFor() {
        assertThat(kept("""
                        {"record": 1, "kind": "round", "fields": [
                          {"name": "trainingLine", "class": "private", "type": "text", "value": "wdbc"},
                          {"name": "externalId", "class": "private", "type": "text", "value": "close-1"},
                          {"name": "received.0", "class": "private", "type": "list", "value": ["hospital-a", "accepted"]},
                          {"name": "received.0.weight", "class": "private", "type": "real", "value": "0.25"},
                          {"name": "update", "class": "private", "type": "digest", "value": "sha256:11"}]}
                        """)).containsExactly("close-1", "0.25", "sha256:11");
    }

    @Test
    void valueThatAnotherSiteReleased_isNotKept() {
        RawStore store = new RawStore();
        store.add("a", List.of(record("private")));
        store.add("b", List.of(record("open")));
        assertThat(store.kept()).isEmpty();
        assertThat(store.values()).isEqualTo(2);
    }

    @Test
    void decisionOfThePolicy_isAWordOfTheSoftware_aPersonIsNot() {
        assertThat(kept("""
                        {"record": 1, "kind": "decision", "fields": [
                          {"name": "by", "class": "private", "type": "text", "value": "policy"}]}
                        """)).isEmpty();
        assertThat(kept("""
                        {"record": 1, "kind": "decision", "fields": [
                          {"name": "by", "class": "private", "type": "text", "value": "dr-grant"}]}
                        """)).containsExactly("dr-grant");
    }

    private static JsonObject record(String fieldClass) {
        return json("{\"record\": 1, \"kind\": \"run\", \"fields\": [{\"name\": \"metric.accuracy\", \"class\": \""
                + fieldClass + "\", \"type\": \"real\", \"value\": \"0.97368\"}]}");
    }

    private static List<String> kept(String record) {
        RawStore store = new RawStore();
        store.add("a", List.of(json(record)));
        return store.kept().stream().map(RawValue::text).toList();
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }
}

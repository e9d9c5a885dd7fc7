package dev.weft.it.federation;

import com.google.gson.JsonObject;

/**
 * What a daemon answered.
 *
 * @param status HTTP status
 * @param body its JSON; text that is none stands under {@code text}
 */
public record HttpReply(int status, JsonObject body) {

    /** The stable reason code of a refusal, empty where there is none. */
    public String reason() {
        return body.has("reason") ? body.get("reason").getAsString() : "";
    }
}

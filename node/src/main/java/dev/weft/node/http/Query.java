package dev.weft.node.http;

import dev.weft.proto.Reason;
import io.javalin.http.Context;

/** Numbers in a query string, within bounds. */
final class Query {
    /** Rows of a page that are given where nobody says otherwise. */
    static final int PAGE = 100;
    /** Rows of a page at most. */
    static final int MAX_PAGE = 1_000;

    private Query() {}

    static long number(Context ctx, String name, long absent, long min, long max) {
        String text = ctx.queryParam(name);
        if (text == null) {
            return absent;
        }
        if (text.matches("-?\\d{1,18}") && Long.parseLong(text) >= min && Long.parseLong(text) <= max) {
            return Long.parseLong(text);
        }
        throw new ApiException(
                400, Reason.BAD_VALUE, "'" + name + "' must be a whole number from " + min + " to " + max);
    }

    static int limit(Context ctx) {
        return (int) number(ctx, "limit", PAGE, 1, MAX_PAGE);
    }

    /** Position after which a page begins; -1 for the first one. */
    static long after(Context ctx) {
        return number(ctx, "after", -1, -1, Long.MAX_VALUE);
    }

    static long id(Context ctx) {
        String text = ctx.pathParam("id");
        if (text.matches("\\d{1,18}")) {
            return Long.parseLong(text);
        }
        throw new ApiException(400, Reason.BAD_VALUE, "'" + text + "' is no id; ids are whole numbers");
    }
}

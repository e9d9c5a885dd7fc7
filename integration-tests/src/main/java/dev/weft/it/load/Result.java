package dev.weft.it.load;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;

/**
 * One figure.
 *
 * @param goal what it should be, and the least that is acceptable
 * @param provider of signatures
 * @param fsyncPerSecond of the same disk, measured in the same minute
 * @param command that measures it again
 * @param note what stands beside it, for people
 */
public record Result(
        String name,
        double value,
        String unit,
        Goal goal,
        String provider,
        double fsyncPerSecond,
        String command,
        String note) {

    /**
     * What a figure should be.
     *
     * @param more whether more is better
     */
    public record Goal(double target, double floor, boolean more) {
        /** Nothing is asked. */
        public static final Goal NONE = new Goal(Double.NaN, Double.NaN, true);

        public static Goal atLeast(double target) {
            return new Goal(target, target, true);
        }

        public static Goal atMost(double target) {
            return new Goal(target, target, false);
        }

        boolean holds(double value) {
            return Double.isNaN(target) || (more ? value >= target : value <= target);
        }
    }

    /** Whether the target, not only the floor, is met; a figure of which nothing is asked holds. */
    public boolean holds() {
        return goal.holds(value);
    }

    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("name", name);
        number(json, "value", value);
        json.addProperty("unit", unit);
        number(json, "target", goal.target());
        number(json, "floor", goal.floor());
        json.addProperty("holds", holds());
        json.addProperty("provider", provider);
        number(json, "fsyncPerSecond", fsyncPerSecond);
        json.addProperty("command", command);
        json.addProperty("note", note);
        return json;
    }

    private static void number(JsonObject json, String name, double value) {
        if (Double.isFinite(value)) {
            json.addProperty(name, Math.round(value * 1_000) / 1_000.0);
        } else {
            json.add(name, JsonNull.INSTANCE);
        }
    }
}

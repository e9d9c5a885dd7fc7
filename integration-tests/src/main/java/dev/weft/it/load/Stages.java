package dev.weft.it.load;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the aggregator had spent at one moment.
 *
 * @param stages seconds by stage, as the daemon counts them, wall time of the thread that works
 * @param threads processor seconds by kind of thread
 * @param process processor seconds of the whole process
 * @param behind published entries that the graph did not have
 */
record Stages(Map<String, Double> stages, Map<String, Double> threads, double process, long behind) {
    private static final Pattern STAGE = Pattern.compile("(?m)^weft_intake_seconds_total\\{stage=\"(\\w+)\"\\} (\\S+)");

    static Stages now(String metrics, long pid) {
        Map<String, Double> stages = new TreeMap<>();
        Matcher line = STAGE.matcher(metrics);
        while (line.find()) {
            stages.put(line.group(1), Double.parseDouble(line.group(2)));
        }
        long behind = gauge(metrics, "weft_log_size") - gauge(metrics, "weft_log_projected");
        return new Stages(stages, Kernel.threadSeconds(pid), Kernel.processorSeconds(pid), behind);
    }

    private static long gauge(String metrics, String name) {
        Matcher line = Pattern.compile("(?m)^" + name + " (\\S+)").matcher(metrics);
        if (!line.find()) {
            throw new IllegalStateException("the aggregator tells no " + name);
        }
        return (long) Double.parseDouble(line.group(1));
    }

    Stages since(Stages before) {
        return new Stages(less(stages, before.stages), less(threads, before.threads), process - before.process, behind);
    }

    private static Map<String, Double> less(Map<String, Double> now, Map<String, Double> before) {
        Map<String, Double> spent = new TreeMap<>();
        now.forEach((name, seconds) -> spent.put(name, seconds - before.getOrDefault(name, 0.0)));
        return spent;
    }

    /** Microseconds for each of so many statements. */
    String each(int statements) {
        StringBuilder text = new StringBuilder("stages (wall, us each): ");
        stages.forEach((name, seconds) ->
                text.append(String.format(Locale.ROOT, "%s %.1f, ", name, seconds * 1e6 / statements)));
        text.append("threads (processor, us each): ");
        threads.forEach((name, seconds) -> {
            if (seconds * 1e6 / statements >= 0.5) {
                text.append(String.format(Locale.ROOT, "%s %.1f, ", name, seconds * 1e6 / statements));
            }
        });
        return text.append(String.format(Locale.ROOT, "process %.1f", process * 1e6 / statements))
                .toString();
    }
}

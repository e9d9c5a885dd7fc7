package dev.weft.node.capture.mlflow;

import dev.weft.node.capture.mlflow.MlflowRun.Metric;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The history of one metric, a line a step, of which the last value is kept: the one that MLflow calls the latest. */
final class MetricFile {

    /** {@code TIME VALUE [STEP [DATASET DIGEST]]} */
    private static final Pattern LINE = Pattern.compile(
            "(-?[0-9]{1,18}) ([-+]?(?:inf|nan|[0-9.]{1,400}(?:[eE][-+]?[0-9]{1,4})?))(?: (-?[0-9]{1,18}))?( \\S+ \\S+)?\\s*");

    private final Path file;
    private boolean any;
    private long time;
    private long step;
    private double value;

    private MetricFile(Path file) {
        this.file = file;
    }

    static Metric latest(Path path) throws IOException, VerificationException {
        MetricFile history = new MetricFile(path);
        StoreFiles.lines(path, history::take);
        if (!history.any) {
            throw new VerificationException(Reason.MALFORMED, path + " is empty, and no history of a metric");
        }
        return new Metric(history.value, history.step);
    }

    private void take(String line) throws VerificationException {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new VerificationException(
                    Reason.MALFORMED, file + " holds a line that is none of a metric's: time, value and step");
        }
        long at = Long.parseLong(parts.group(1));
        // MLflow itself reads step 0 where a dataset stands behind it; its server says so too.
        boolean stepped = parts.group(3) != null && parts.group(4) == null;
        long next = stepped ? Long.parseLong(parts.group(3)) : 0;
        double number = number(parts.group(2));
        if (!any || next > step || (next == step && (at > time || (at == time && number > value)))) {
            any = true;
            time = at;
            step = next;
            value = number;
        }
    }

    private double number(String text) throws VerificationException {
        return switch (text) {
            case "inf", "+inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            case "nan", "+nan", "-nan" -> Double.NaN;
            default -> {
                try {
                    yield Double.parseDouble(text);
                } catch (NumberFormatException e) {
                    throw new VerificationException(Reason.MALFORMED, file + " holds a value that is no number", e);
                }
            }
        };
    }
}

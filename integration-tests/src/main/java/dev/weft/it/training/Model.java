package dev.weft.it.training;

import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.ModelDigest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/** Weights and bias of a logistic regression. Immutable. */
public final class Model {

    private final double[] weights;
    private final double bias;

    Model(double[] weights, double bias) {
        this.weights = weights.clone();
        this.bias = bias;
    }

    /** The model that round 1 starts from: weights between -0.5 and 0.5, drawn by the seed. */
    public static Model initial(long seed) {
        Random random = new Random(seed ^ 0x77656674L); // another sequence than the one that deals out the rows
        double[] weights = new double[30];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = random.nextDouble() - 0.5;
        }
        return new Model(weights, 0);
    }

    /** The federated average: weighted by the number of rows, summed in the order given. */
    public static Model average(List<Update> updates) {
        double[] weights = new double[updates.get(0).model().weights.length];
        double bias = 0;
        long rows = updates.stream().mapToLong(Update::rows).sum();
        for (Update update : updates) {
            double share = (double) update.rows() / rows;
            for (int i = 0; i < weights.length; i++) {
                weights[i] += share * update.model().weights[i];
            }
            bias += share * update.model().bias;
        }
        return new Model(weights, bias);
    }

    /** {@code weft-model-v1} over the tensors {@code bias} (1) and {@code weight} (30), both float64. */
    public ContentDigest digest() {
        return ModelDigest.of(List.of(tensor("weight", weights), tensor("bias", bias)));
    }

    double probability(Sample row, Standardisation standardisation) {
        double sum = bias;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * standardisation.apply(row, i);
        }
        return 1 / (1 + StrictMath.exp(-sum));
    }

    /** The share of rows that the model puts on the right side, 0 to 1. */
    public double accuracy(List<Sample> rows, Standardisation standardisation) {
        long right = rows.stream()
                .filter(row -> (probability(row, standardisation) >= 0.5) == row.benign())
                .count();
        return (double) right / rows.size();
    }

    double[] weights() {
        return weights.clone();
    }

    double bias() {
        return bias;
    }

    private static ModelDigest.Tensor tensor(String name, double... values) {
        ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            data.putDouble(value);
        }
        return new ModelDigest.Tensor(name, "F64", List.of((long) values.length), data.flip());
    }
}

package dev.weft.it.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * One site's part of a round: stochastic gradient descent over its own rows.
 *
 * @param epochs passes over the rows
 * @param rate learning rate
 * @param decay L2 penalty
 * @param seed of the federation; the order of the rows follows from it, the site and the round
 */
public record LocalTraining(int epochs, double rate, double decay, long seed) {

    /** The hyper-parameters of the demo. */
    public static LocalTraining standard(long seed) {
        return new LocalTraining(2, 0.003, 0.001, seed);
    }

    /** Trains from the global model. The site is its index in the order of the federation, the round counts from 1. */
    public Update run(Model global, SiteData data, int site, int round) {
        Standardisation standardisation = data.standardisation();
        double[] weights = global.weights();
        double bias = global.bias();
        List<Sample> rows = new ArrayList<>(data.training());
        Random order = new Random(seed * 1_000_003 + site * 1_009L + round);
        for (int epoch = 0; epoch < epochs; epoch++) {
            Collections.shuffle(rows, order);
            for (Sample row : rows) {
                double error = new Model(weights, bias).probability(row, standardisation) - (row.benign() ? 1 : 0);
                for (int i = 0; i < weights.length; i++) {
                    weights[i] -= rate * (error * standardisation.apply(row, i) + decay * weights[i]);
                }
                bias -= rate * error;
            }
        }
        Model trained = new Model(weights, bias);
        return new Update(
                trained,
                data.training().size(),
                loss(trained, data),
                trained.accuracy(data.heldOut(), standardisation));
    }

    /** The hyper-parameters in one canonical line: its digest stands in the round's protocol. */
    public String text() {
        return "epochs=" + epochs + " rate=" + rate + " decay=" + decay + " seed=" + seed;
    }

    private static double loss(Model model, SiteData data) {
        double sum = 0;
        for (Sample row : data.training()) {
            double probability = model.probability(row, data.standardisation());
            double likelihood = row.benign() ? probability : 1 - probability;
            sum -= StrictMath.log(StrictMath.max(likelihood, 1e-12));
        }
        return sum / data.training().size();
    }
}

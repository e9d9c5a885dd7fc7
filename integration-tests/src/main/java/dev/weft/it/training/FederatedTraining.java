package dev.weft.it.training;

import java.util.ArrayList;
import java.util.List;

/**
 * A federation's training in memory, round after round: who has which rows in which round, and the global model. The
 * second site gets the second version of its data from the middle round on.
 */
public final class FederatedTraining {

    private final List<List<Sample>> rows;
    private final LocalTraining local;
    private final int changeRound;
    private Model global;

    public FederatedTraining(Wisconsin wisconsin, int sites, int rounds, long seed) {
        this.rows = wisconsin.deal(sites, seed);
        this.local = LocalTraining.standard(seed);
        this.changeRound = rounds / 2 + 1;
        this.global = Model.initial(seed);
    }

    public Model global() {
        return global;
    }

    public LocalTraining local() {
        return local;
    }

    /** The site whose data changes: the second, or the only one. */
    public int changingSite() {
        return Math.min(1, rows.size() - 1);
    }

    /** The first round that trains on the second version: the middle one. */
    public int changeRound() {
        return changeRound;
    }

    /** What the site has in that round, counted from 1. */
    public SiteData data(int site, int round) {
        boolean second = site == changingSite() && round >= changeRound;
        return second ? SiteData.second(rows.get(site)) : SiteData.first(rows.get(site));
    }

    /** One site's update, from the current global model. */
    public Update train(int site, int round) {
        return local.run(global, data(site, round), site, round);
    }

    /** Takes the average of the updates, which are given in the order of the sites, as the new global model. */
    public Model aggregate(List<Update> updates) {
        global = Model.average(updates);
        return global;
    }

    /** A whole round without anybody listening; returns the new global model. */
    public Model round(int round) {
        List<Update> updates = new ArrayList<>();
        for (int site = 0; site < rows.size(); site++) {
            updates.add(train(site, round));
        }
        return aggregate(updates);
    }
}

package dev.weft.it.training;

import java.util.List;

/**
 * What one site has: rows to train on and a held-out part. In its first version the site has not yet entered the last
 * fifth of its training rows; the second version holds them all. The held-out part is the same in both.
 */
public final class SiteData {

    private final List<Sample> training;
    private final List<Sample> heldOut;
    private final Standardisation standardisation;

    private SiteData(List<Sample> training, List<Sample> heldOut) {
        this.training = List.copyOf(training);
        this.heldOut = List.copyOf(heldOut);
        this.standardisation = Standardisation.of(training);
    }

    /** The first version of a site's rows: a third is held out, a fifth of the rest not yet there. */
    public static SiteData first(List<Sample> rows) {
        int cut = rows.size() / 3;
        List<Sample> rest = rows.subList(cut, rows.size());
        return new SiteData(rest.subList(0, rest.size() - rest.size() / 5), rows.subList(0, cut));
    }

    /** The second version: all rows. */
    public static SiteData second(List<Sample> rows) {
        int cut = rows.size() / 3;
        return new SiteData(rows.subList(cut, rows.size()), rows.subList(0, cut));
    }

    public List<Sample> training() {
        return training;
    }

    public List<Sample> heldOut() {
        return heldOut;
    }

    /** The site's own preparation step, from the statistics of its training rows alone. */
    public Standardisation standardisation() {
        return standardisation;
    }
}

package dev.weft.it.search;

import java.util.List;

/**
 * What a search found.
 *
 * @param rawValues different values that policy did not release
 * @param tooShort of these, too short to tell from chance, and not searched for
 * @param bytesSearched over all places
 * @param found occurrences of unreleased values; has to be 0
 * @param controls values that had to be found
 * @param controlsFound of these, found in every place
 * @param findings the first of those found
 * @param missed names of the controls that were not found
 */
public record SearchReport(
        int rawValues,
        int tooShort,
        long bytesSearched,
        long found,
        int controls,
        int controlsFound,
        List<Finding> findings,
        List<String> missed) {

    public SearchReport {
        findings = List.copyOf(findings);
        missed = List.copyOf(missed);
    }

    /** Nothing that should not be there, and the search was not blind. */
    public boolean holds() {
        return found == 0 && controlsFound == controls && controls > 0 && rawValues > tooShort;
    }
}

package dev.weft.aggregator.ask;

/** What an answer does not show, in words for whoever relies on it. */
final class NotProvenTexts {
    private NotProvenTexts() {}

    static void add(Answering answering, long projected, long unprojected, boolean witnessPolicy) {
        answering.notProven(
                "completeness",
                "That nothing was left out: this aggregator could hide what it holds. Only who projects all entries of the"
                        + " scope can tell.");
        answering.notProven(
                "derivation",
                "That each edge follows from its entry: that is the projection's word, which whoever projects the entries can"
                        + " compute.");
        answering.notProven(
                "truth-of-statements",
                "That a statement is true: the log shows who said it and that it was never said otherwise.");
        answering.notProven("unlogged-work", "That no work was done which nobody stated.");
        answering.notProven(
                "finality",
                witnessPolicy
                        ? "That every member sees this same log: the checkpoint here carries no quorum of cosignatures."
                        : "That every member sees this same log: the federation has no witness policy, so nothing is final.");
        long behind = answering.head().size() - projected;
        if (behind > 0 || unprojected > 0) {
            answering.notProven(
                    "unprojected",
                    "What the log holds and the graph does not yet: " + behind + " newer entries, and " + unprojected
                            + " that could not be projected.");
        }
        if (!answering.end().getNextPageToken().isEmpty()) {
            answering.notProven("page", "What stands on the pages after this one; ask on with nextPageToken.");
        }
    }
}

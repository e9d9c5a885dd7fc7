package dev.weft.it.demo;

import dev.weft.it.search.SearchReport;
import dev.weft.proto.VerificationException;

/**
 * A whole demo, played silently, whose daemons still run.
 *
 * @param study as it stands
 * @param report what was found out
 */
public record PlayedDemo(Study study, Report report) {

    /** Plays it. */
    public static PlayedDemo play(DemoOptions options) {
        Study study = Study.start(options, Terminal.silent());
        try {
            return new PlayedDemo(study, Demo.play(study, Terminal.silent(), false));
        } catch (VerificationException | RuntimeException e) {
            study.close();
            throw new IllegalStateException("the demo could not be played: " + e.getMessage(), e);
        }
    }

    /** Searches once more, as things stand now. */
    public SearchReport search() {
        return Sovereignty.search(study);
    }

    /** The last round's id in hex. */
    public String lastRound() {
        return study.rounds().get(study.rounds().size() - 1).id();
    }
}

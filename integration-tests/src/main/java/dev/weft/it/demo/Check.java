package dev.weft.it.demo;

/**
 * Something that has to be so, and whether it was.
 *
 * @param name stable
 * @param holds what came out
 * @param detail in words: what was looked at, or what was wrong
 */
public record Check(String name, boolean holds, String detail) {

    /** Something to look at that may fail in any way. */
    interface Look {
        Check look() throws Exception;
    }

    /** Looks; whatever goes wrong on the way is a check that does not hold, with the reason. */
    static Check of(String name, Look look) {
        try {
            return look.look();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Check(name, false, "interrupted");
        } catch (Exception e) {
            String why = e.getMessage();
            return new Check(name, false, why == null ? e.toString() : why);
        }
    }
}

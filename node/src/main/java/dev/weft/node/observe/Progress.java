package dev.weft.node.observe;

/** Hears how far the hashing of a folder is; called from several threads. */
public interface Progress {
    /** Tells nobody. */
    Progress NONE = new Progress() {
        @Override
        public void expect(long files, long bytes) {}

        @Override
        public void done(long bytes) {}
    };

    /** There are so many files to look at, with so many bytes. */
    void expect(long files, long bytes);

    /** One more file of that size is done. */
    void done(long bytes);
}

package dev.weft.node.observe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What the file system says of a file without its content being read. Times are nanoseconds since 1970; where the file
 * system has no time of the last change of the inode, or no inode, it is 0.
 */
record FileStat(long size, long modified, long changed, long inode) {

    static FileStat of(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            Map<String, Object> stat = Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,ino");
            return new FileStat(
                    number(stat, "size"), time(stat, "lastModifiedTime"), time(stat, "ctime"), number(stat, "ino"));
        }
        BasicFileAttributes stat = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileStat(stat.size(), nanos(stat.lastModifiedTime()), 0, 0);
    }

    /** Whether it was written so long before {@code now} that another write would show in the times. */
    boolean settled(long now) {
        long margin = TimeUnit.SECONDS.toNanos(2);
        return modified < now - margin && changed < now - margin;
    }

    private static long number(Map<String, Object> stat, String name) {
        return (Long) Objects.requireNonNull(stat.get(name));
    }

    private static long time(Map<String, Object> stat, String name) {
        return nanos((FileTime) Objects.requireNonNull(stat.get(name)));
    }

    private static long nanos(FileTime time) {
        return time.to(TimeUnit.NANOSECONDS);
    }
}

package dev.weft.aggregator.graph;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The pages of sorted runs in one space. */
final class PlaceStore {
    /** What the runs are sorted by. */
    enum Space {
        KEY(0),
        LABEL(1);

        private final int stored;

        Space(int stored) {
            this.stored = stored;
        }
    }

    /** With it a row fills a page of the database and runs over into no other. */
    private static final int IN_PAGE = 320;

    private static final int BYTES = Long.BYTES + Integer.BYTES;

    private final Statements db;
    private final long federation;
    private final int space;

    PlaceStore(Statements db, long federation, Space space) {
        this.db = db;
        this.federation = federation;
        this.space = space.stored;
    }

    /** Writes a run that is not there. */
    void write(Run run, List<Place> sorted) throws SQLException {
        for (int page = 0; page * IN_PAGE < sorted.size(); page++) {
            List<Place> places = sorted.subList(page * IN_PAGE, Math.min((page + 1) * IN_PAGE, sorted.size()));
            ByteBuffer bytes = ByteBuffer.allocate(places.size() * BYTES);
            for (Place place : places) {
                bytes.putLong(place.print()).putInt((int) (place.id() - run.base()));
            }
            db.update(
                    "INSERT INTO place_run (federation, space, level, run, first, page, places) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    federation,
                    space,
                    run.level(),
                    run.number(),
                    places.get(0).print(),
                    page,
                    bytes.array());
        }
    }

    void delete(Run run) throws SQLException {
        db.update(
                "DELETE FROM place_run WHERE federation = ? AND space = ? AND level = ? AND run = ?",
                federation,
                space,
                run.level(),
                run.number());
    }

    /** The whole run, in order; nothing where it is not there. */
    List<Place> read(Run run) throws SQLException {
        return read(run, new Print.Range(Long.MIN_VALUE, Long.MAX_VALUE), """
                SELECT places FROM place_run WHERE federation = ?1 AND space = ?2 AND level = ?3 AND run = ?4
                ORDER BY first, page""");
    }

    /** The places of a run whose prints lie there, in order. */
    List<Place> find(Run run, Print.Range range) throws SQLException {
        return read(
                run,
                range,
                // From the last page that begins before the range: it may reach into it.
                """
                SELECT places FROM place_run WHERE federation = ?1 AND space = ?2 AND level = ?3 AND run = ?4
                AND first <= ?6 AND first >= coalesce((SELECT max(first) FROM place_run
                  WHERE federation = ?1 AND space = ?2 AND level = ?3 AND run = ?4 AND first < ?5), ?5)
                ORDER BY first, page""",
                range.least(),
                range.most());
    }

    private List<Place> read(Run run, Print.Range range, String sql, Long... ends) throws SQLException {
        Object[] parameters = new Object[4 + ends.length];
        parameters[0] = federation;
        parameters[1] = space;
        parameters[2] = run.level();
        parameters[3] = run.number();
        System.arraycopy(ends, 0, parameters, 4, ends.length);
        List<Place> found = new ArrayList<>();
        try (ResultSet rows = db.with(sql, parameters).executeQuery()) {
            while (rows.next()) {
                addWithin(range, run, ByteBuffer.wrap(rows.getBytes(1)), found);
            }
        }
        return found;
    }

    private static void addWithin(Print.Range range, Run run, ByteBuffer page, List<Place> found) {
        int from = 0;
        int to = page.limit() / BYTES;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (page.getLong(middle * BYTES) < range.least()) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        for (int at = from * BYTES; at < page.limit() && page.getLong(at) <= range.most(); at += BYTES) {
            found.add(new Place(page.getLong(at), run.base() + page.getInt(at + Long.BYTES)));
        }
    }
}

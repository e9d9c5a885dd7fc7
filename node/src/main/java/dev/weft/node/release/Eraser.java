package dev.weft.node.release;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.node.db.DirectorySearch;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.Origin;
import dev.weft.node.record.RecordQuery;
import dev.weft.node.record.Recorder;
import dev.weft.node.record.Reference;
import dev.weft.node.record.StoredField;
import dev.weft.node.record.StoredRecord;
import dev.weft.node.record.Transaction;
import dev.weft.node.release.Fate.Outcome;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/**
 * Erases one field of one record for good: value and salt leave the database, the log stays verifiable, and that it
 * happened is recorded. Afterwards every file of the node's directory is searched for what was erased.
 */
public final class Eraser {

    /** Shorter values stand everywhere by chance; their salt is looked for instead. */
    private static final int SEARCHABLE = 6;

    private static final String BACKUPS =
            "Backups, and copies that tools keep, are out of reach: delete those made before, or erase there as well.";

    /** Looks through the files of a directory, in another process than the one that holds locks on them. */
    @FunctionalInterface
    public interface Search {
        /** Bytes and hits by file; throws where it could not look. */
        Map<Path, DirectorySearch.Hits> search(Path directory, List<byte[]> patterns) throws IOException;
    }

    private final Recorder recorder;
    private final NodeDatabase database;
    private final Outbox outbox;
    private final Search search;
    private final InstantSource clock;

    /** Over the node's database. */
    public Eraser(Recorder recorder, NodeDatabase database, Outbox outbox, Search search, InstantSource clock) {
        this.recorder = recorder;
        this.database = database;
        this.outbox = outbox;
        this.search = search;
        this.clock = clock;
    }

    /**
     * Erases and searches; blocks until it is done.
     *
     * @param record its number, external id or digest
     * @return {@code record, field, bytesSearched, found} and more
     * @throws VerificationException {@code not-found}, {@code duplicate} where it was erased before, {@code bad-value} where
     *     the field is no content or a waiting statement tells it, {@code busy} where readers kept the old pages
     */
    public JsonObject erase(String record, String field, String person) throws IOException, VerificationException {
        Erased erased = committed(record, field, person);
        // A crash here leaves the old page in the WAL until the next orderly stop or erasure truncates it.
        database.scrub();
        return answer(erased, search(erased));
    }

    private Erased committed(String record, String field, String person) throws IOException, VerificationException {
        try {
            return recorder.transact(transaction -> erase(transaction, record, field, person))
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VerificationException refused) {
                throw refused;
            }
            throw new IOException("the field could not be erased: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a field was erased", e);
        }
    }

    private Erased erase(Transaction transaction, String name, String field, String person)
            throws SQLException, VerificationException {
        Connection connection = transaction.connection();
        StoredRecord record = RecordQuery.resolve(connection, name)
                .orElseThrow(() -> new VerificationException(
                        Reason.NOT_FOUND,
                        "there is no record '" + name + "': name it by its number, its external id or its digest"));
        requireNothingWaiting(connection, record, field);
        Optional<String> told = ToldStore.told(connection, record.id(), field).map(Eraser::words);
        StoredField.Kept kept = transaction.erase(record, field);
        outbox.eraseOpening(connection, kept.commitment());
        StoredRecord erasure = transaction.add(new LineageRecord.Erasure(
                Origin.of(Releaser.SOURCE), new Reference.ById(record.id()), field, person, clock.instant()));
        ByteString value = kept.canonical().substring(1); // its first byte is the type
        return new Erased(
                record.id(),
                field,
                told,
                erasure.id(),
                kept.salt().toByteString(),
                value.size() < SEARCHABLE ? Optional.empty() : Optional.of(value));
    }

    /** What waits holds the value, or its opening, and was shown to the steward with it: it is decided first. */
    private static void requireNothingWaiting(Connection connection, StoredRecord record, String field)
            throws SQLException, VerificationException {
        for (Release.State state : List.of(Release.State.WAITING, Release.State.HELD)) {
            for (Release release : ReleaseStore.list(connection, Optional.of(state), 0, Integer.MAX_VALUE)) {
                StoredRecord about =
                        RecordQuery.find(connection, release.record()).orElseThrow();
                boolean tells = Fate.of(
                                connection,
                                release.body().toStringUtf8(),
                                about,
                                ReleaseStore.openings(connection, release.id()))
                        .stream()
                        .anyMatch(fate -> fate.record() == record.id()
                                && fate.field().equals(field)
                                && fate.outcome().compareTo(Outcome.COMMITTED) < 0);
                if (tells) {
                    throw new VerificationException(
                            Reason.BAD_VALUE,
                            "release %d waits and would tell \"%s\" of record %d: refuse it first"
                                    .formatted(release.id(), field, record.id()));
                }
            }
        }
    }

    private static String words(Outcome outcome) {
        return switch (outcome) {
            case PUBLIC ->
                "The value stands in statements of this site that are in the shared log, and in this node's copy of them: that cannot be taken back.";
            case OPENED ->
                "The value went along beside a statement: members may have it, and the aggregator keeps it beside the log.";
            case BUCKETED -> "The range that it lies in went along beside a statement.";
            case LINKED ->
                "A linkable value of it stands in the shared log: whoever has the linking key of that epoch can still find out whether it was a digest that he holds or guesses.";
            case COMMITTED, STAYS -> "Its commitment stands in the shared log, and nobody can open it any more.";
        };
    }

    private Map<Path, DirectorySearch.Hits> search(Erased erased) throws IOException {
        List<byte[]> patterns = new ArrayList<>(List.of(erased.salt().toByteArray()));
        erased.value().map(ByteString::toByteArray).ifPresent(patterns::add);
        try {
            return search.search(database.directory(), patterns);
        } catch (IOException e) {
            throw new IOException(
                    "it is erased, recorded as " + erased.erasure() + "; the files could not be searched for it: "
                            + e.getMessage(),
                    e);
        }
    }

    private static JsonObject answer(Erased erased, Map<Path, DirectorySearch.Hits> searched) {
        JsonObject json = new JsonObject();
        json.addProperty("record", erased.record());
        json.addProperty("field", erased.field());
        json.addProperty(
                "bytesSearched",
                searched.values().stream()
                        .mapToLong(DirectorySearch.Hits::bytes)
                        .sum());
        json.addProperty(
                "found",
                searched.values().stream()
                        .mapToLong(DirectorySearch.Hits::found)
                        .sum());
        JsonArray files = new JsonArray();
        searched.forEach((file, hits) -> {
            if (hits.found() > 0) {
                files.add(file.toString());
            }
        });
        json.add("foundIn", files);
        json.addProperty("searchedFor", erased.value().isPresent() ? "value and salt" : "salt: the value is too short");
        json.addProperty("erasure", erased.erasure());
        erased.told().ifPresent(told -> json.addProperty("told", told));
        if (erased.field().equals("externalId")) {
            json.addProperty("note", "The same import again records it anew: nothing here knows that id any more.");
        }
        json.addProperty("backups", BACKUPS);
        return json;
    }
}

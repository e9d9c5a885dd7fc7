package dev.weft.node.release;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weft.node.record.RecordQuery;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.v1.ArtifactRef;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A statement that nobody has signed yet, with the names that its artifacts have under the linking key of today. */
final class Relinked {
    private final Connection connection;
    private final References references;

    Relinked(Connection connection, References references) {
        this.connection = connection;
        this.references = references;
    }

    /** The same message where nothing in it has another name now. */
    Message in(Message message) throws SQLException {
        if (message instanceof ArtifactRef ref) {
            return ref.hasLinkable() ? named(ref) : ref;
        }
        Message.Builder result = message.toBuilder();
        for (var entry : message.getAllFields().entrySet()) {
            result.setField(entry.getKey(), field(entry.getKey(), entry.getValue()));
        }
        return result.build();
    }

    private Object field(FieldDescriptor field, Object value) throws SQLException {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return value;
        }
        if (!field.isRepeated()) {
            return in((Message) value);
        }
        List<Message> all = new ArrayList<>();
        for (Object one : (List<?>) value) {
            all.add(in((Message) one));
        }
        return all;
    }

    private ArtifactRef named(ArtifactRef ref) throws SQLException {
        Optional<ArtifactRef> now = now(ref.getLinkable());
        return now.isEmpty()
                ? ref
                : now.get().toBuilder().setFrom(ref.getFrom()).build();
    }

    private Optional<ArtifactRef> now(ByteString value) throws SQLException {
        Optional<Long> id = LinkStore.record(connection, value);
        Optional<StoredRecord> record = id.isEmpty() ? Optional.empty() : RecordQuery.find(connection, id.get());
        return record.isEmpty() ? Optional.empty() : references.artifact(record.get());
    }
}

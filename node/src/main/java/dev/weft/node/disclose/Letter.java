package dev.weft.node.disclose;

import com.google.protobuf.ByteString;
import dev.weft.node.record.StoredField;
import dev.weft.node.record.StoredRecord;
import dev.weft.node.record.Transaction;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.RecordTree;
import dev.weft.proto.v1.DisclosedField;
import dev.weft.proto.v1.DisclosedFields;
import dev.weft.proto.v1.DisclosedRecord;
import dev.weft.proto.v1.DisclosureLetter;
import dev.weft.proto.v1.Words;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes what is about to be sealed. */
final class Letter {
    private Letter() {}

    static DisclosureLetter words(Digest request, Words words) {
        return DisclosureLetter.newBuilder()
                .setRequest(request.toByteString())
                .setWords(words)
                .build();
    }

    static Words words(String text, Salt salt) {
        return Words.newBuilder().setSalt(salt.toByteString()).setText(text).build();
    }

    /** Opens fields, each proved in its record, and the record in the site's log as it stands in this transaction. */
    static DisclosureLetter opened(Transaction transaction, Asked asked, List<Wanted> fields) {
        Map<Long, DisclosedRecord.Builder> records = new LinkedHashMap<>();
        for (Wanted one : fields) {
            StoredRecord record = one.record();
            if (!records.containsKey(record.id())) {
                records.put(record.id(), record(transaction, asked, record, fields));
            }
        }
        DisclosedFields.Builder all = DisclosedFields.newBuilder();
        records.values().forEach(all::addRecords);
        return DisclosureLetter.newBuilder()
                .setRequest(asked.request().toByteString())
                .setOpened(all)
                .build();
    }

    private static DisclosedRecord.Builder record(
            Transaction transaction, Asked asked, StoredRecord record, List<Wanted> fields) {
        RecordTree tree = record.body().tree();
        DisclosedRecord.Builder opened = DisclosedRecord.newBuilder()
                .setIndex(record.id())
                .setLog2Fields(tree.log2Fields())
                .setRoot(tree.root().toByteString())
                .addAllPath(transaction.siteInclusion(record.id()).toProto());
        for (StoredField field : record.body().fields()) {
            boolean open = fields.stream()
                    .anyMatch(one -> one.record().id() == record.id()
                            && one.field().name().equals(field.name()));
            if (open || Wanted.isNamed(asked, field)) {
                opened.addFields(field(tree, field, open));
            }
        }
        return opened;
    }

    private static DisclosedField field(RecordTree tree, StoredField field, boolean open) {
        InclusionProof proof = tree.prove(field.name());
        DisclosedField.Builder said = DisclosedField.newBuilder()
                .setPosition((int) proof.index())
                .addAllPath(proof.toProto())
                .setCommitment(field.commitment().toByteString());
        if (open && field instanceof StoredField.Kept kept) {
            said.setName(kept.name()).setSalt(kept.salt().toByteString()).setValue(kept.canonical());
        }
        return said.build();
    }

    /** The commitments of what a letter opens, in its order: what the decision states. */
    static List<ByteString> commitments(DisclosureLetter letter) {
        return letter.getOpened().getRecordsList().stream()
                .flatMap(record -> record.getFieldsList().stream())
                .filter(field -> !field.getSalt().isEmpty())
                .map(DisclosedField::getCommitment)
                .toList();
    }
}

package dev.weft.aggregator.graph;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.Vertex;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a {@link Block}: its entry, the number of its vertices and edges, the edges, the vertices. Integers are
 * protobuf varints, texts stand as {@link Texts} has them, and what the place or the artifact tells is left out.
 */
final class BlockCodec {
    private static final int KEY_IS_COMMITMENT = 1;
    private static final int ARTIFACT = 1 << 1;
    private static final int ENTRIES = 1 << 2;
    private static final int FLAGS = 1 << 3;
    private static final int ROUND_NUMBER = 1 << 4;
    private static final int TRAINING_LINE = 1 << 5;
    private static final int ROLE = 1 << 6;
    private static final int SUSPECT_FROM = 1 << 7;

    private static final int ARC_FLAGS = 1 << 6;
    private static final int ARC_ENTRY = 1 << 7;
    private static final int ARC_KIND = ARC_FLAGS - 1;

    private BlockCodec() {}

    static byte[] encode(Block block) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, 512);
        try {
            out.writeUInt64NoTag(block.entry());
            out.writeUInt32NoTag(block.vertices().size());
            out.writeUInt32NoTag(block.arcs().size());
            for (Arc arc : block.arcs()) {
                encode(block, arc, out);
            }
            Texts.Writer texts = new Texts.Writer(out);
            for (Vertex vertex : block.vertices()) {
                encode(block, vertex, out, texts);
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    private static void encode(Block block, Arc arc, CodedOutputStream out) throws IOException {
        boolean earlier = arc.entry() != block.entry();
        out.writeUInt64NoTag(arc.from() - block.first());
        out.writeSInt64NoTag(arc.from() - arc.to());
        out.writeUInt32NoTag(arc.kind() | (arc.flags() == 0 ? 0 : ARC_FLAGS) | (earlier ? ARC_ENTRY : 0));
        if (arc.flags() != 0) {
            out.writeUInt64NoTag(arc.flags());
        }
        if (earlier) {
            out.writeUInt64NoTag(arc.entry());
        }
    }

    private static void encode(Block block, Vertex vertex, CodedOutputStream out, Texts.Writer texts)
            throws IOException {
        int what = what(block, vertex);
        out.writeUInt32NoTag(vertex.getKindValue());
        out.writeUInt32NoTag(what);
        if ((what & KEY_IS_COMMITMENT) == 0) {
            out.writeRawBytes(vertex.getKey());
        }
        texts.write(vertex.getLabel());
        texts.write(vertex.getAuthor());
        if ((what & ARTIFACT) != 0) {
            encode(vertex.getArtifact(), out, texts);
        }
        if ((what & ENTRIES) != 0) {
            out.writeUInt32NoTag(vertex.getEntriesCount());
            for (long entry : vertex.getEntriesList()) {
                out.writeUInt64NoTag(entry);
            }
        }
        if ((what & FLAGS) != 0) {
            out.writeUInt64NoTag(Arc.bits(vertex.getFlagsList()));
        }
        if ((what & ROUND_NUMBER) != 0) {
            out.writeUInt32NoTag(vertex.getRoundNumber());
        }
        if ((what & TRAINING_LINE) != 0) {
            texts.write(vertex.getTrainingLine());
        }
        if ((what & ROLE) != 0) {
            out.writeUInt32NoTag(vertex.getRoleValue());
        }
        if ((what & SUSPECT_FROM) != 0) {
            out.writeUInt64NoTag(vertex.getSuspectFrom());
        }
    }

    private static int what(Block block, Vertex vertex) {
        boolean keyIsCommitment = vertex.getArtifact().hasCommitment()
                && vertex.getArtifact().getCommitment().equals(vertex.getKey());
        boolean entryOfBlock = vertex.getEntriesCount() == 1 && vertex.getEntries(0) == block.entry();
        return (keyIsCommitment ? KEY_IS_COMMITMENT : 0)
                | (vertex.hasArtifact() ? ARTIFACT : 0)
                | (entryOfBlock ? 0 : ENTRIES)
                | (vertex.getFlagsCount() == 0 ? 0 : FLAGS)
                | (vertex.getRoundNumber() == 0 ? 0 : ROUND_NUMBER)
                | (vertex.getTrainingLine().isEmpty() ? 0 : TRAINING_LINE)
                | (vertex.getRoleValue() == 0 ? 0 : ROLE)
                | (vertex.getSuspectFrom() == 0 ? 0 : SUSPECT_FROM);
    }

    private static void encode(ArtifactRef artifact, CodedOutputStream out, Texts.Writer texts) throws IOException {
        out.writeUInt32NoTag(artifact.getKindValue());
        out.writeUInt32NoTag(artifact.getIdentityCase().getNumber());
        switch (artifact.getIdentityCase()) {
            case DIGEST -> texts.write(artifact.getDigest());
            case LINKABLE -> out.writeBytesNoTag(artifact.getLinkable());
            case COMMITMENT -> out.writeBytesNoTag(artifact.getCommitment());
            case IDENTITY_NOT_SET -> {}
        }
        out.writeBytesNoTag(artifact.getFrom());
    }

    static Block decode(long first, byte[] body) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(body);
            long entry = in.readUInt64();
            int vertices = in.readUInt32();
            int arcs = in.readUInt32();
            List<Arc> ofArcs = new ArrayList<>(Math.min(arcs, body.length));
            for (int i = 0; i < arcs; i++) {
                ofArcs.add(arc(first, entry, in));
            }
            Texts.Reader texts = new Texts.Reader(in);
            List<Vertex> ofVertices = new ArrayList<>(Math.min(vertices, body.length));
            for (int i = 0; i < vertices; i++) {
                ofVertices.add(vertex(first + i, entry, in, texts));
            }
            if (!in.isAtEnd()) {
                throw new IOException("bytes are left over");
            }
            return new Block(first, entry, ofVertices, ofArcs);
        } catch (IOException e) {
            throw new IllegalStateException("A row of the graph does not parse; run 'weft-aggregator rebuild'", e);
        }
    }

    private static Arc arc(long first, long entry, CodedInputStream in) throws IOException {
        long from = first + in.readUInt64();
        long to = from - in.readSInt64();
        int kind = in.readUInt32();
        long flags = (kind & ARC_FLAGS) == 0 ? 0 : in.readUInt64();
        return new Arc(from, to, kind & ARC_KIND, (kind & ARC_ENTRY) == 0 ? entry : in.readUInt64(), flags);
    }

    private static Vertex vertex(long id, long entry, CodedInputStream in, Texts.Reader texts) throws IOException {
        Vertex.Builder vertex = Vertex.newBuilder().setId(id).setKindValue(in.readUInt32());
        int what = in.readUInt32();
        if ((what & KEY_IS_COMMITMENT) == 0) {
            vertex.setKey(ByteString.copyFrom(in.readRawBytes(Digest.SIZE)));
        }
        vertex.setLabel(texts.read()).setAuthor(texts.read());
        if ((what & ARTIFACT) != 0) {
            vertex.setArtifact(artifact(in, texts));
        }
        if ((what & KEY_IS_COMMITMENT) != 0) {
            vertex.setKey(vertex.getArtifact().getCommitment());
        }
        if ((what & ENTRIES) == 0) {
            vertex.addEntries(entry);
        } else {
            for (int left = in.readUInt32(); left > 0; left--) {
                vertex.addEntries(in.readUInt64());
            }
        }
        if ((what & FLAGS) != 0) {
            List<Flag> flags = Arc.flagList(in.readUInt64());
            vertex.addAllFlags(flags);
        }
        if ((what & ROUND_NUMBER) != 0) {
            vertex.setRoundNumber(in.readUInt32());
        }
        if ((what & TRAINING_LINE) != 0) {
            vertex.setTrainingLine(texts.read());
        }
        if ((what & ROLE) != 0) {
            vertex.setRoleValue(in.readUInt32());
        }
        if ((what & SUSPECT_FROM) != 0) {
            vertex.setSuspectFrom(in.readUInt64());
        }
        return vertex.build();
    }

    private static ArtifactRef artifact(CodedInputStream in, Texts.Reader texts) throws IOException {
        ArtifactRef.Builder artifact = ArtifactRef.newBuilder().setKindValue(in.readUInt32());
        ArtifactRef.IdentityCase identity = ArtifactRef.IdentityCase.forNumber(in.readUInt32());
        if (identity == null) {
            throw new IOException("no identity of an artifact");
        }
        switch (identity) {
            case DIGEST -> artifact.setDigest(texts.read());
            case LINKABLE -> artifact.setLinkable(in.readBytes());
            case COMMITMENT -> artifact.setCommitment(in.readBytes());
            case IDENTITY_NOT_SET -> {}
        }
        return artifact.setFrom(in.readBytes()).build();
    }
}

package dev.weft.node.observe;

import dev.weft.proto.digest.ModelDigest.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the initializers of an ONNX model (onnx.proto3, ModelProto and GraphProto) as tensors. The graph around them, and
 * constants that stand in its nodes, are no part of the model's digest, as the code around a safetensors file is none.
 * What keeps its weights elsewhere is refused: in other files, whose change would not show; sparse; in training graphs.
 */
final class OnnxFile {
    private static final int MODEL_GRAPH = 7;
    private static final int MODEL_TRAINING = 20;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int GRAPH_SPARSE = 15;
    private static final int MAX_TENSORS = 100_000;

    private OnnxFile() {}

    static List<Tensor> tensors(ByteBuffer file) throws NoTensorsException {
        List<ByteBuffer> graphs = new ArrayList<>();
        WireReader model = new WireReader(file);
        while (model.next()) {
            switch (model.field()) {
                case MODEL_GRAPH -> {
                    model.require(WireReader.BYTES);
                    graphs.add(model.bytes());
                }
                case MODEL_TRAINING -> throw new NoTensorsException("it holds training graphs, which have weights too");
                default -> model.skip();
            }
        }
        if (graphs.size() != 1) {
            throw new NoTensorsException("it holds " + graphs.size() + " graphs and not one");
        }
        List<Tensor> tensors = initializers(graphs.get(0));
        if (tensors.isEmpty()) {
            throw new NoTensorsException("it holds no initializers");
        }
        return tensors;
    }

    private static List<Tensor> initializers(ByteBuffer message) throws NoTensorsException {
        List<Tensor> tensors = new ArrayList<>();
        WireReader graph = new WireReader(message);
        while (graph.next()) {
            switch (graph.field()) {
                case GRAPH_INITIALIZER -> {
                    graph.require(WireReader.BYTES);
                    tensors.add(OnnxTensor.read(graph.bytes()));
                }
                case GRAPH_SPARSE ->
                    throw new NoTensorsException("it holds sparse initializers, which are not supported");
                default -> graph.skip();
            }
            if (tensors.size() > MAX_TENSORS) {
                throw new NoTensorsException("it holds more than a million tensors");
            }
        }
        return tensors;
    }
}

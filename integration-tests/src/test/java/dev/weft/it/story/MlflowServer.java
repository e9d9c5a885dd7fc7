package dev.weft.it.story;

import dev.weft.it.federation.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A real tracking server. */
final class MlflowServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final Process process;
    private final int port;

    private MlflowServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** With its database in that directory; returns when it listens. */
    static MlflowServer start(Tools tools, Path dir) throws IOException {
        return start(tools, "sqlite:///" + dir.resolve("mlflow.db"), dir);
    }

    /** In front of any store; returns when it listens. */
    static MlflowServer start(Tools tools, String store, Path dir) throws IOException {
        int port = freePort();
        ProcessBuilder line = new ProcessBuilder(
                        tools.path("mlflow"),
                        "server",
                        "--backend-store-uri",
                        store,
                        "--no-serve-artifacts",
                        "--default-artifact-root",
                        dir.resolve("artifacts").toString(),
                        "--host",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port),
                        "--workers",
                        "1")
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("mlflow.log").toFile());
        line.environment().put("MLFLOW_ALLOW_FILE_STORE", "true");
        line.environment().put("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false"); // else half a dozen processes more
        MlflowServer server = new MlflowServer(line.start(), port);
        try {
            Await.until("the MLflow server", PATIENCE, server::listens);
        } catch (RuntimeException | Error e) {
            server.close();
            throw e;
        }
        return server;
    }

    int port() {
        return port;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Its workers too, some of which outlive a polite request. */
    @Override
    public void close() {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(each -> each.onExit().join());
    }
}

package dev.weft.aggregator;

import dev.weft.aggregator.config.AggregatorConfig;
import dev.weft.aggregator.http.LogApi;
import dev.weft.aggregator.http.LogReaders;
import dev.weft.aggregator.members.ClientCertificates;
import dev.weft.aggregator.members.MutualTls;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Opens the listener for the log's files where one is configured, with a certificate of the federation's CA. */
final class LogListener {
    private LogListener() {}

    static Optional<LogApi> start(OpenFederation federation, Duration certificateLife)
            throws VerificationException, IOException {
        AggregatorConfig config = federation.config();
        if (config.logFiles().address().isEmpty()) {
            return Optional.empty();
        }
        KeyFiles.Keys keys = federation.keys();
        X509Certificate certificate =
                keys.ca().issueServer(keys.tls().toProto(), config.grpc().hosts(), certificateLife);
        ClientCertificates members = new ClientCertificates(
                federation.directory(), federation.federation().id(), keys.ca().certificate(), federation.clock());
        LogReaders readers = LogReaders.of(
                config.logFiles().everybody(),
                members,
                List.of(
                        KeyFiles.adminToken(config.directory()),
                        KeyFiles.logToken(config.directory(), new SecureRandom())));
        try {
            LogApi api = new LogApi(
                    config.logFiles().address().get(),
                    MutualTls.https(
                            keys.tls().keyPair().getPrivate(),
                            List.of(certificate, keys.ca().certificate())),
                    readers,
                    new LogApi.Parts(federation.appender().published(), federation.cosigning(), federation.readers()));
            api.start();
            return Optional.of(api);
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate for log.address cannot be used: " + e.getMessage(), e);
        }
    }
}

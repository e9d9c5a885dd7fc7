package dev.weft.aggregator.members;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.EnrolmentGrpc;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ties each call to the member that the connection's certificate names. A call of {@code Enrolment} passes with any
 * certificate; every other one needs a chain to the federation's CA, exactly one member name and a standing that allows
 * it. An open call ends when the certificate does, and within {@value #SWEEP_SECONDS} seconds of a revocation,
 * suspension or change of the TLS key.
 */
public final class PeerIdentity implements ServerInterceptor {

    /** Who calls; set for every call but those of Enrolment. */
    public static final Context.Key<MemberName> MEMBER = Context.key("weft-member");

    /** The client's own certificate as the handshake proved it; set for every call, judged for none but MEMBER's. */
    public static final Context.Key<X509Certificate> CERTIFICATE = Context.key("weft-certificate");

    static final int SWEEP_SECONDS = 1;

    private static final Logger LOG = LoggerFactory.getLogger(PeerIdentity.class);

    private final MemberDirectory directory;
    private final Digest federation;
    private final X509Certificate ca;
    private final InstantSource clock;
    private final Set<OpenCall<?, ?>> open = ConcurrentHashMap.newKeySet();

    public PeerIdentity(MemberDirectory directory, Digest federation, X509Certificate ca, InstantSource clock) {
        this.directory = directory;
        this.federation = federation;
        this.ca = ca;
        this.clock = clock;
    }

    /** Begins to end calls whose right has gone, at each change of standing and each second for certificates. */
    public void start(ScheduledExecutorService timer) {
        directory.onChange(() -> timer.execute(this::sweep));
        ScheduledFuture<?> unused =
                timer.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }

    /** How many calls of members are open; for metrics. */
    public int openCalls() {
        return open.size();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        try {
            List<X509Certificate> chain = chain(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
            Context context = Context.current().withValue(CERTIFICATE, chain.get(0));
            if (EnrolmentGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName())) {
                return Contexts.interceptCall(context, call, headers, next);
            }
            Peer peer = Peer.of(chain, ca, federation, clock.instant());
            peer.check(directory, clock.instant());
            return admit(new OpenCall<>(call, peer), context.withValue(MEMBER, peer.name()), headers, next);
        } catch (VerificationException e) {
            call.close(GrpcRefusal.status(e), GrpcRefusal.trailers(e.reason()));
            return new ServerCall.Listener<>() {};
        }
    }

    private <Q, R> ServerCall.Listener<Q> admit(
            OpenCall<Q, R> call, Context context, Metadata headers, ServerCallHandler<Q, R> next) {
        open.add(call);
        ServerCall.Listener<Q> listener =
                call.listener(Contexts.interceptCall(context, call, headers, next), () -> open.remove(call));
        judge(call); // the standing may have changed between the check and the entry into the set
        return listener;
    }

    /** Ends every call whose peer may not go on. */
    void sweep() {
        open.forEach(this::judge);
    }

    private void judge(OpenCall<?, ?> call) {
        try {
            call.peer().check(directory, clock.instant());
        } catch (VerificationException e) {
            open.remove(call);
            end(call, e);
        }
    }

    /** One call that does not end as it should keeps no other open. */
    private static void end(OpenCall<?, ?> call, VerificationException why) {
        try {
            call.end(why);
        } catch (RuntimeException e) {
            LOG.error("A call of '{}' did not end", call.peer().name(), e);
        }
    }

    private static List<X509Certificate> chain(SSLSession session) throws VerificationException {
        try {
            List<X509Certificate> chain = new ArrayList<>();
            if (session != null) {
                for (Certificate certificate : session.getPeerCertificates()) {
                    chain.add((X509Certificate) certificate);
                }
            }
            if (!chain.isEmpty()) {
                return chain;
            }
        } catch (SSLPeerUnverifiedException e) {
            // refused below
        }
        throw new VerificationException(
                Reason.UNAUTHENTICATED, "No client certificate came; connect over TLS and show one.");
    }
}

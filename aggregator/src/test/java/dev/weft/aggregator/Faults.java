package dev.weft.aggregator;

import dev.weft.proto.log.Anchor;
import dev.weft.proto.log.AnchorLostException;
import dev.weft.proto.log.AnchoredHead;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;

/** Real connections and a real anchor, one write of which fails as a disk does: with or without having persisted. */
final class Faults {
    /** What became of the write that failed. */
    enum Write {
        LOST,
        KEPT
    }

    private static final Set<String> WRITES =
            Set.of("commit", "execute", "executeUpdate", "executeLargeUpdate", "executeBatch");
    private static final Set<String> READS = Set.of("executeQuery", "rollback", "setSavepoint", "releaseSavepoint");

    private interface Step {
        Object run() throws Throwable;
    }

    private int left;
    private Write write = Write.LOST;
    private boolean forGood;
    private boolean fired;
    private boolean dead;

    /** The nth write from now on fails. */
    synchronized void arm(int nth, Write becomes) {
        arm(nth, becomes, false);
    }

    /** The nth write from now on fails, and after it nothing is written or read any more: the process is gone. */
    synchronized void die(int nth, Write becomes) {
        arm(nth, becomes, true);
    }

    private void arm(int nth, Write becomes, boolean andAllAfter) {
        left = nth;
        write = becomes;
        forGood = andAllAfter;
        fired = false;
    }

    /** Nothing fails any more; tells whether anything has since it was armed. */
    synchronized boolean disarm() {
        left = 0;
        return fired;
    }

    /** Whether the process is gone. */
    synchronized boolean isDead() {
        return dead;
    }

    private synchronized boolean isHit(boolean writes) throws SQLException {
        if (dead) {
            throw failure();
        }
        boolean hit = writes && left > 0 && --left == 0;
        fired |= hit;
        dead |= hit && forGood;
        return hit;
    }

    private static SQLException failure() {
        return new SQLException("disk I/O error", null, 10);
    }

    private Object step(boolean writes, Step step) throws Throwable {
        if (!isHit(writes)) {
            return step.run();
        }
        if (write == Write.KEPT) {
            Object unused = step.run();
        }
        throw failure();
    }

    Connection over(Connection real) {
        return proxy(Connection.class, real);
    }

    private <T> T proxy(Class<T> type, T real) {
        InvocationHandler handler = (self, method, arguments) -> {
            boolean writes = WRITES.contains(method.getName());
            Object result = writes || READS.contains(method.getName())
                    ? step(writes, () -> call(real, method, arguments))
                    : call(real, method, arguments);
            if (result instanceof PreparedStatement prepared) {
                return proxy(PreparedStatement.class, prepared);
            }
            return result instanceof Statement made ? proxy(Statement.class, made) : result;
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object call(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    Anchor over(Anchor real) {
        return new Anchor() {
            @Override
            public Optional<AnchoredHead> read() throws IOException {
                onDisk(false);
                return real.read();
            }

            @Override
            public void compareAndSet(Optional<AnchoredHead> expected, AnchoredHead next)
                    throws AnchorLostException, IOException {
                boolean hit = onDisk(true);
                if (!hit || write == Write.KEPT) {
                    real.compareAndSet(expected, next);
                }
                if (hit) {
                    throw new IOException("disk I/O error");
                }
            }
        };
    }

    private boolean onDisk(boolean writes) throws IOException {
        try {
            return isHit(writes);
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }
}

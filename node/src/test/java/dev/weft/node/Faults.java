package dev.weft.node;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/** Real connections, one write of which fails as a disk does: with or without having persisted. */
public final class Faults {
    /** What became of the write that failed. */
    public enum Write {
        LOST,
        KEPT
    }

    private static final Set<String> WRITES =
            Set.of("commit", "execute", "executeUpdate", "executeLargeUpdate", "executeBatch");

    private interface Step {
        Object run() throws Throwable;
    }

    private int left;
    private Write write = Write.LOST;
    private boolean fired;

    /** The nth write from now on fails. */
    public synchronized void arm(int nth, Write becomes) {
        left = nth;
        write = becomes;
        fired = false;
    }

    /** Nothing fails any more; tells whether anything has since it was armed. */
    public synchronized boolean disarm() {
        left = 0;
        return fired;
    }

    private synchronized boolean isHit() {
        boolean hit = left > 0 && --left == 0;
        fired |= hit;
        return hit;
    }

    private static SQLException failure() {
        return new SQLException("disk I/O error", null, 10);
    }

    private Object step(Step step) throws Throwable {
        if (!isHit()) {
            return step.run();
        }
        if (write == Write.KEPT) {
            Object unused = step.run();
        }
        throw failure();
    }

    /** Goes around the connection that writes. */
    public Connection over(Connection real) {
        return proxy(Connection.class, real);
    }

    private <T> T proxy(Class<T> type, T real) {
        InvocationHandler handler = (self, method, arguments) -> {
            Object result = WRITES.contains(method.getName())
                    ? step(() -> call(real, method, arguments))
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
}

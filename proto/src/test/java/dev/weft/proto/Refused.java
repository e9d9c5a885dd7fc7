package dev.weft.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts that a check fails for one reason, and says what to do. */
public final class Refused {

    private Refused() {}

    public static void with(Reason reason, ThrowingCallable check) {
        assertThatThrownBy(check).isInstanceOfSatisfying(VerificationException.class, e -> {
            assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
            assertThat(e.getMessage()).endsWith(".").hasSizeLessThan(600);
        });
    }
}

package dev.weft.proto.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts that a check fails for one reason. */
final class Refused {

    private Refused() {}

    static void with(Reason reason, ThrowingCallable check) {
        assertThatThrownBy(check)
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}

package io.vivarium.kernel.file;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vivarium.kernel.errno.Errno;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Assertions about calls that fail. */
public final class Errnos {
  private Errnos() {}

  /** Asserts that a call fails with an errno. */
  public static void assertFails(Errno errno, ThrowingCallable call) {
    assertThatThrownBy(call).isSameAs(errno.exception());
  }
}

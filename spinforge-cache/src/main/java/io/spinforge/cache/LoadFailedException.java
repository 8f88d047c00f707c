package io.spinforge.cache;

import org.jspecify.annotations.Nullable;

/** A value was not cached and could not be loaded; the cause is what the loader threw. */
public sealed class LoadFailedException extends RuntimeException
    permits LoadTimeoutException, NoValueException {
  private static final long serialVersionUID = 1L;

  LoadFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

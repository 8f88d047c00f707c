package io.spinforge.cache;

import org.jspecify.annotations.Nullable;

/** A value was not cached and could not be loaded; the cause is what the loader threw. */
public final class LoadFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LoadFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

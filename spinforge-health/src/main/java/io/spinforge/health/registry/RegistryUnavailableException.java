package io.spinforge.health.registry;

import org.jspecify.annotations.Nullable;

/** The store did not answer, and nothing was known that could be served instead. */
public final class RegistryUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RegistryUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

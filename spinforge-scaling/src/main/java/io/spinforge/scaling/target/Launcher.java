package io.spinforge.scaling.target;

import java.io.IOException;

/** Starts processes. */
@FunctionalInterface
interface Launcher {
  /**
   * Starts one.
   *
   * @throws IOException if it could not be started
   */
  Child launch(WorkerContext context) throws IOException;
}

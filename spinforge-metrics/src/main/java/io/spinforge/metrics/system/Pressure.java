package io.spinforge.metrics.system;

import java.util.List;

/**
 * Pressure stall information (Linux 4.20, {@code Documentation/accounting/psi.rst}): the share of
 * time in which some, or all, tasks waited for a resource. The container's own where it has it,
 * else the host's.
 */
public final class Pressure {
  /** The resources that tasks wait for. */
  public static final List<String> RESOURCES = List.of("cpu", "memory", "io");

  /** Whether some tasks waited, or all of them. */
  public static final List<String> KINDS = List.of("some", "full");

  private Pressure() {}

  /**
   * Returns the share over the last 10 or 60 seconds, 0 to 1; NaN if the kernel does not tell.
   *
   * @param resource one of {@link #RESOURCES}
   * @param kind one of {@link #KINDS}
   * @param seconds 10 or 60
   */
  public static double share(LinuxFiles files, String resource, String kind, int seconds) {
    String key = "avg" + seconds + "=";
    for (String line : files.lines("proc/pressure/" + resource)) {
      if (line.startsWith(kind + " ")) {
        for (String part : line.split(" ", -1)) {
          if (part.startsWith(key)) {
            return LinuxFiles.parse(part.substring(key.length())) / 100;
          }
        }
      }
    }
    return Double.NaN;
  }
}

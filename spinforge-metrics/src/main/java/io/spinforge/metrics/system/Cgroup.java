package io.spinforge.metrics.system;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The control group this process is in, of version 1, version 2 or none. Limits of the groups above
 * bind as well, so a limit is the least on the way up, as far as it can be seen. Values that are
 * not there are NaN. Each call reads the files anew; thread-safe. Formats: Linux's {@code
 * admin-guide/cgroup-v1} and {@code cgroup-v2}.
 */
public final class Cgroup {
  /** The kinds of control groups. */
  public enum Version {
    /** No controller of processor and memory is to be seen. */
    NONE,
    /** One hierarchy a controller. */
    V1,
    /** One hierarchy for all. */
    V2
  }

  private static final String BASE = "sys/fs/cgroup";

  /** Version 1 says "no limit" with a number near the largest that counts pages. */
  private static final double NO_LIMIT = 1L << 60;

  private final LinuxFiles files;
  private final Version version;

  /** The folders of a controller from the process's own group up. */
  private final List<String> cpu;

  private final List<String> memory;
  private final List<String> pids;

  private Cgroup(LinuxFiles files, Version version) {
    this.files = files;
    this.version = version;
    this.cpu = folders("cpu");
    this.memory = folders("memory");
    this.pids = folders("pids");
  }

  /** Finds the group of this process. */
  public static Cgroup of(LinuxFiles files) {
    if (files.exists(BASE + "/cgroup.controllers")) {
      return new Cgroup(files, Version.V2);
    }
    boolean v1 = files.exists(BASE + "/memory") || files.exists(BASE + "/cpu");
    return new Cgroup(files, v1 ? Version.V1 : Version.NONE);
  }

  private List<String> folders(String controller) {
    if (version == Version.NONE) {
      return List.of();
    }
    String base = version == Version.V2 ? BASE : BASE + "/" + controller;
    String path = path(controller);
    List<String> folders = new ArrayList<>();
    for (String at = path == null ? "" : path; !at.isEmpty(); at = parent(at)) {
      // Without a name space of its own a container sees the host's path, but not its folder.
      if (files.exists(base + at)) {
        folders.add(base + at);
      }
    }
    if (files.exists(base)) {
      folders.add(base);
    }
    return folders;
  }

  /** Returns the group's path with a leading slash, or empty for the root. */
  private @Nullable String path(String controller) {
    for (String line : files.lines("proc/self/cgroup")) {
      String[] parts = line.split(":", 3);
      boolean meant =
          parts.length == 3
              && (version == Version.V2
                  ? parts[0].equals("0")
                  : List.of(parts[1].split(",", -1)).contains(controller));
      if (meant) {
        return parts[2].contains("..") || parts[2].equals("/") ? null : parts[2];
      }
    }
    return null;
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  /** Returns the kind of group. */
  public Version version() {
    return version;
  }

  /** Returns the CPUs this process may use at a time; NaN if there is no limit. */
  public double cpus() {
    return least(cpu, this::cpus);
  }

  private double cpus(String folder) {
    if (version == Version.V1) {
      double quota = files.number(folder + "/cpu.cfs_quota_us");
      return quota > 0 ? quota / files.number(folder + "/cpu.cfs_period_us") : Double.NaN;
    }
    String max = files.text(folder + "/cpu.max");
    String[] parts = max == null ? new String[0] : max.split(" ", -1);
    return parts.length == 2 ? LinuxFiles.parse(parts[0]) / LinuxFiles.parse(parts[1]) : Double.NaN;
  }

  /**
   * How often and how long the group was kept from running because its CPU time was used up.
   *
   * @param periods periods in which the group wanted to run
   * @param throttled those in which it was stopped
   * @param seconds the time it was stopped, summed over CPUs
   */
  public record Throttling(double periods, double throttled, double seconds) {}

  /** Returns the throttling of the group with the tightest limit, or of the process's own. */
  public Throttling throttling() {
    double limit = cpus();
    for (String folder : cpu) {
      if (Double.isNaN(limit) || cpus(folder) == limit) {
        return throttling(folder);
      }
    }
    return new Throttling(Double.NaN, Double.NaN, Double.NaN);
  }

  private Throttling throttling(String folder) {
    List<String> stat = files.lines(folder + "/cpu.stat");
    double seconds =
        version == Version.V1
            ? LinuxFiles.number(stat, "throttled_time") / 1e9
            : LinuxFiles.number(stat, "throttled_usec") / 1e6;
    return new Throttling(
        LinuxFiles.number(stat, "nr_periods"), LinuxFiles.number(stat, "nr_throttled"), seconds);
  }

  /** Returns the most memory, in bytes; NaN if there is no limit. */
  public double memoryLimit() {
    return least(
        memory,
        folder -> {
          double limit = number(folder, "memory.limit_in_bytes", "memory.max");
          return limit < NO_LIMIT ? limit : Double.NaN;
        });
  }

  /** Returns the memory in use, in bytes, files that are cached included. */
  public double memoryUsed() {
    return memory.isEmpty()
        ? Double.NaN
        : number(memory.get(0), "memory.usage_in_bytes", "memory.current");
  }

  /** Returns the memory in use without cached files that are not in use themselves, in bytes. */
  public double workingSet() {
    if (memory.isEmpty()) {
      return Double.NaN;
    }
    String key = version == Version.V1 ? "total_inactive_file" : "inactive_file";
    double inactive = files.number(memory.get(0) + "/memory.stat", key);
    return Math.max(0, memoryUsed() - (Double.isNaN(inactive) ? 0 : inactive));
  }

  /** Returns how many processes of the group were killed for want of memory. */
  public double oomKills() {
    if (memory.isEmpty()) {
      return Double.NaN;
    }
    String file = version == Version.V1 ? "/memory.oom_control" : "/memory.events";
    return files.number(memory.get(0) + file, "oom_kill");
  }

  /** Returns how often the group was slowed down at {@code memory.high}; version 2 only. */
  public double slowedForMemory() {
    return memory.isEmpty() || version == Version.V1
        ? Double.NaN
        : files.number(memory.get(0) + "/memory.events", "high");
  }

  /** Returns the swap the group may use beside its memory, in bytes; NaN if there is no limit. */
  public double swapLimit() {
    if (version == Version.V1) {
      double both = least(memory, folder -> files.number(folder + "/memory.memsw.limit_in_bytes"));
      return both < NO_LIMIT ? Math.max(0, both - memoryLimit()) : Double.NaN;
    }
    return least(memory, folder -> files.number(folder + "/memory.swap.max"));
  }

  /** Returns how many threads the group may have; NaN if there is no limit. */
  public double threadLimit() {
    return least(pids, folder -> files.number(folder + "/pids.max"));
  }

  /** Returns how many threads the group has. */
  public double threads() {
    return pids.isEmpty() ? Double.NaN : files.number(pids.get(0) + "/pids.current");
  }

  private double number(String folder, String v1, String v2) {
    return files.number(folder + "/" + (version == Version.V1 ? v1 : v2));
  }

  private interface Reading {
    double of(String folder);
  }

  private static double least(List<String> folders, Reading reading) {
    double least = Double.NaN;
    for (String folder : folders) {
      double value = reading.of(folder);
      if (!Double.isNaN(value) && !(least <= value)) {
        least = value;
      }
    }
    return least;
  }
}

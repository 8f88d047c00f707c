package io.spinforge.metrics.system;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bytes that went through network interfaces ({@code /proc/net/dev}) and disks ({@code
 * /proc/diskstats}) since they were there. Loopback, partitions and what never moved a byte are
 * left out.
 */
public final class IoCounters {
  private static final int SECTOR = 512;

  private IoCounters() {}

  /**
   * Bytes of one device.
   *
   * @param in received or read
   * @param out sent or written
   */
  public record Bytes(double in, double out) {}

  /** Returns the bytes of each network interface by name. */
  public static Map<String, Bytes> network(LinuxFiles files) {
    Map<String, Bytes> all = new LinkedHashMap<>();
    for (String line : files.lines("proc/net/dev")) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        List<String> fields = fields(line.substring(colon + 1));
        put(all, line.substring(0, colon).strip(), fields, 0, 8, 1);
      }
    }
    all.remove("lo");
    return all;
  }

  /** Returns the bytes of each disk by name. */
  public static Map<String, Bytes> disks(LinuxFiles files) {
    Map<String, Bytes> all = new LinkedHashMap<>();
    for (String line : files.lines("proc/diskstats")) {
      List<String> fields = fields(line);
      // A partition has no folder here; a driver's slash is a bang.
      if (fields.size() > 9 && files.exists("sys/block/" + fields.get(2).replace('/', '!'))) {
        put(all, fields.get(2), fields, 5, 9, SECTOR);
      }
    }
    return all;
  }

  private static void put(
      Map<String, Bytes> all, String name, List<String> fields, int in, int out, int unit) {
    if (fields.size() > out) {
      double first = LinuxFiles.parse(fields.get(in)) * unit;
      double second = LinuxFiles.parse(fields.get(out)) * unit;
      if (first + second > 0) {
        all.put(name, new Bytes(first, second));
      }
    }
  }

  private static List<String> fields(String line) {
    return List.of(line.strip().split("\\s+"));
  }
}

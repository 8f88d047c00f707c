package io.spinforge.cache.redis;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Names of the keys in Redis, {@code {namespace:p}:…} each: everything of one partition is in one
 * Cluster slot. {@code v} entry, {@code l} lease, {@code q} sequence and incarnation, {@code log}.
 * The control log is {@code {namespace}:ctl} with its sequence in {@code {namespace}:cq}.
 */
final class Keys {
  private final String namespace;
  private final int partitions;
  private final byte[][] states;
  private final byte[][] logs;

  Keys(String namespace, int partitions) {
    this.namespace = namespace;
    this.partitions = partitions;
    this.states = new byte[partitions + 1][];
    this.logs = new byte[partitions + 1][];
    for (int p = 0; p < partitions; p++) {
      states[p] = bytes(tag(p) + "q");
      logs[p] = bytes(tag(p) + "log");
    }
    states[partitions] = bytes("{" + namespace + "}:cq");
    logs[partitions] = bytes("{" + namespace + "}:ctl");
  }

  int partitionOf(String key) {
    byte[] bytes = bytes(key);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return (int) (crc.getValue() % partitions);
  }

  int partitions() {
    return partitions;
  }

  /** Returns the number by which the control log goes: that after the partitions'. */
  int control() {
    return partitions;
  }

  /** Returns how many logs there are: the partitions' and the control log. */
  int logs() {
    return partitions + 1;
  }

  byte[] entry(int partition, String key) {
    return bytes(tag(partition) + "v:" + key);
  }

  byte[] lease(int partition, String key) {
    return bytes(tag(partition) + "l:" + key);
  }

  byte[] state(int partition) {
    return states[partition];
  }

  byte[] log(int partition) {
    return logs[partition];
  }

  /** Returns the pattern of all entries' names, as SCAN takes it. */
  byte[] entries() {
    return bytes("{" + namespace.replaceAll("[\\\\*?\\[\\]]", "\\\\$0") + ":*}:v:*");
  }

  /** Returns the key whose entry has a name; null if it is not the name of an entry. */
  @Nullable String fullKeyOf(String name) {
    int end = name.indexOf("}:v:");
    if (end < 0) {
      return null;
    }
    String fullKey = name.substring(end + 4);
    return name.startsWith(tag(partitionOf(fullKey))) ? fullKey : null;
  }

  /** Names the key that tells whose turn it is to reclaim, and what was done. */
  byte[] sweep() {
    return bytes("{" + namespace + "}:sweep");
  }

  /** Names the key that tells which nodes read the logs. */
  byte[] nodes() {
    return bytes("{" + namespace + "}:nodes");
  }

  /** Names the key that holds the nodes which have not come to a barrier of a log. */
  byte[] missing(int log, String barrier) {
    String tag = log == control() ? "{" + namespace + "}:" : tag(log);
    return bytes(tag + "a:" + barrier);
  }

  /** Names the key that holds how many partitions the nodes have agreed on. */
  byte[] partitionCount() {
    return bytes("{" + namespace + "}:partitions");
  }

  private String tag(int partition) {
    return "{" + namespace + ":" + partition + "}:";
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}

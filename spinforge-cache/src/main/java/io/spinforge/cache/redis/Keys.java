package io.spinforge.cache.redis;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

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

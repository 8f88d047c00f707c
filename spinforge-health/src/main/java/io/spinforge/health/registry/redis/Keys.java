package io.spinforge.health.registry.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The names of a service's keys and channels. */
record Keys(String prefix) {
  static final int INDEXES = 16;

  /** Returns the keys in the order in which the scripts expect them. */
  String[] of(String service) {
    String base = base(service);
    return new String[] {base + "i", base + "o", base + "d", base + "x", base + "m"};
  }

  /** Returns the channel of changes. */
  String changes(String service) {
    return base(service) + "n";
  }

  /** Returns the channel of new generations. */
  String generations(String service) {
    return base(service) + "g";
  }

  /** Returns the index that names a service: its CRC-32 modulo 16. */
  String index(String service) {
    CRC32 crc = new CRC32();
    crc.update(service.getBytes(UTF_8));
    return index((int) (crc.getValue() % INDEXES));
  }

  /** Returns one of the indexes, 0 to 15; each is in a slot of its own. */
  String index(int number) {
    return prefix + ":services:{" + number + "}";
  }

  /** Returns the service of a channel; null if it is none of ours. */
  @Nullable String service(String channel) {
    int end = channel.length() - 3; // }:n
    boolean ours = channel.startsWith(prefix + ":{") && channel.startsWith("}:", end);
    return ours ? channel.substring(prefix.length() + 2, end) : null;
  }

  private String base(String service) {
    return prefix + ":{" + service + "}:";
  }
}

package io.spinforge.health.registry.redis;

import org.jspecify.annotations.Nullable;

/** The names of a service's keys and channels. */
record Keys(String prefix) {

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

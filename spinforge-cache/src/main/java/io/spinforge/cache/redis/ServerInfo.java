package io.spinforge.cache.redis;

import java.util.HashMap;
import java.util.Map;

/**
 * What INFO tells that the protocol depends on.
 *
 * @param runId names the server's process: as long as it is the same, no record was lost with it
 */
record ServerInfo(String version, String runId, boolean master) {

  static ServerInfo parse(String info) {
    Map<String, String> fields = new HashMap<>();
    for (String line : info.lines().toList()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.put(line.substring(0, colon), line.substring(colon + 1).trim());
      }
    }
    return new ServerInfo(
        fields.getOrDefault("redis_version", "unknown"),
        fields.getOrDefault("run_id", "unknown"),
        !"slave".equals(fields.get("role")));
  }

  boolean isSupported() {
    String[] parts = version.split("\\.", -1);
    try {
      int major = Integer.parseInt(parts[0]);
      int minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
      return major > 6 || (major == 6 && minor >= 2);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  void requireSupported() {
    if (!isSupported()) {
      throw new UnsuitableRedisException(
          "redis_version: " + version + " (expected: 6.2 or newer, or Valkey)");
    }
  }
}

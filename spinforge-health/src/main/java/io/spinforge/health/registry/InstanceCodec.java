package io.spinforge.health.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The stored form of an instance: {@code v=1&scheme=http&host=10.0.0.7&port=8080&weight=1}, then
 * {@code zone=} and one {@code m.name=value} per metadata entry where there are any, each name and
 * value percent-encoded as in a URL's query. Plain ASCII, readable in redis-cli, writable from any
 * language. The id and the status stand beside it in the store. A reader skips names it does not
 * know, and refuses another version, a name that stands twice, and values an instance would refuse.
 */
final class InstanceCodec {
  private static final String VERSION = "1";
  private static final String META = "m.";

  private InstanceCodec() {}

  static String encode(
      URI uri, String host, String zone, int weight, Map<String, String> metadata) {
    StringBuilder out = new StringBuilder(128);
    put(out, "v", VERSION);
    put(out, "scheme", uri.getScheme());
    put(out, "host", host);
    put(out, "port", Integer.toString(uri.getPort()));
    put(out, "weight", Integer.toString(weight));
    if (!zone.isEmpty()) {
      put(out, "zone", zone);
    }
    metadata.forEach((key, value) -> put(out, META + key, value));
    return out.toString();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if the text is not such a form
   */
  static ServiceInstance decode(String service, String id, InstanceStatus status, String text) {
    if (text.length() > ServiceInstance.MAX_ENCODED) {
      throw new IllegalArgumentException(
          "payload: " + text.length() + " bytes (expected: <= 4096)");
    }
    Map<String, String> fields = fields(text);
    if (!VERSION.equals(fields.get("v"))) {
      throw new IllegalArgumentException("v: " + fields.get("v") + " (expected: " + VERSION + ")");
    }
    Map<String, String> metadata = new TreeMap<>();
    fields.forEach(
        (key, value) -> {
          if (key.startsWith(META)) {
            metadata.put(key.substring(META.length()), value);
          }
        });
    return ServiceInstance.of(service, field(fields, "host"), number(fields, "port"))
        .id(id)
        .scheme(field(fields, "scheme"))
        .zone(fields.getOrDefault("zone", ""))
        .weight(number(fields, "weight"))
        .metadata(metadata)
        .build()
        .withStatus(status);
  }

  private static Map<String, String> fields(String text) {
    Map<String, String> fields = new HashMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException("payload: " + pair + " (expected: name=value)");
      }
      String name = URLDecoder.decode(pair.substring(0, equals), UTF_8);
      String value = URLDecoder.decode(pair.substring(equals + 1), UTF_8);
      if (fields.put(name, value) != null) {
        throw new IllegalArgumentException("payload: " + name + " stands twice (expected: once)");
      }
    }
    return fields;
  }

  private static String field(Map<String, String> fields, String name) {
    String value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name + ": missing (expected: a value)");
    }
    return value;
  }

  private static int number(Map<String, String> fields, String name) {
    return Integer.parseInt(field(fields, name));
  }

  private static void put(StringBuilder out, String name, String value) {
    if (out.length() > 0) {
      out.append('&');
    }
    out.append(URLEncoder.encode(name, UTF_8)).append('=').append(URLEncoder.encode(value, UTF_8));
  }
}

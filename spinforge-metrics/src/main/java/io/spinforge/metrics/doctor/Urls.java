package io.spinforge.metrics.doctor;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Parameters of URLs. */
final class Urls {
  private Urls() {}

  /** Returns the parameters of a URL, as they stand behind its question mark. */
  static Map<String, String> parameters(String url) {
    Map<String, String> all = new LinkedHashMap<>();
    int mark = url.indexOf('?');
    if (mark >= 0) {
      for (String pair : url.substring(mark + 1).split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          String value = URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
          all.put(pair.substring(0, equals), value);
        }
      }
    }
    return all;
  }
}

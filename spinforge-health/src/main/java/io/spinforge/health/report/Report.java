package io.spinforge.health.report;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The health of a group of components at one moment. Immutable.
 *
 * @param status the most serious status of the components; up for a group without components
 * @param components the components by name, in the order in which they were added
 * @param at when it was asked for
 */
public record Report(ComponentStatus status, Map<String, ComponentHealth> components, Instant at) {

  /** Copies the components. */
  public Report {
    components = Collections.unmodifiableMap(new LinkedHashMap<>(components));
  }

  /**
   * Returns the reply in the format {@code application/health+json}
   * (draft-inadarei-api-health-check-06).
   *
   * @param details whether to name the components and what they say
   */
  public String toJson(boolean details) {
    StringBuilder json = new StringBuilder(256).append("{\"status\":");
    quote(json, word());
    if (details) {
      json.append(",\"checks\":{");
      String comma = "";
      for (Map.Entry<String, ComponentHealth> component : components.entrySet()) {
        json.append(comma);
        quote(json, component.getKey());
        ComponentHealth health = component.getValue();
        json.append(":[{\"status\":");
        quote(json, health.word());
        json.append(",\"time\":");
        quote(json, at.toString());
        if (!health.output().isEmpty()) {
          json.append(",\"output\":");
          quote(json, health.status() + ": " + health.output());
        }
        json.append("}]");
        comma = ",";
      }
      json.append('}');
    }
    return json.append('}').toString();
  }

  private String word() {
    boolean concerns =
        components.values().stream().anyMatch(health -> !health.word().equals("pass"));
    return switch (status) {
      case DOWN, OUT_OF_SERVICE -> "fail";
      case UP -> concerns ? "warn" : "pass";
      case UNKNOWN -> "warn";
    };
  }

  private static void quote(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < 0x20 || Character.isSurrogate(c)) {
        // Escaped, a lone surrogate survives every encoding.
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}

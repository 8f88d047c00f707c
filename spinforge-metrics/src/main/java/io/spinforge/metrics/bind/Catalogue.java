package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.Meter.Type;
import java.util.List;

/**
 * Every meter that this module registers under a name of its own: the one list that the README's
 * table and the tests of a real scrape are held against.
 */
public enum Catalogue {
  /** Time to answer a request. */
  HTTP_DURATION("http.request.duration", Type.TIMER, "time to answer", "method", "route", "status"),
  /** Requests answered. */
  HTTP_REQUESTS("http.requests", Type.COUNTER, "requests answered", "method", "route", "status"),
  /** Requests being served now. */
  ACTIVE_CONNECTIONS("active.connections", Type.GAUGE, "requests being served now"),
  /** What a goal measures. */
  GOAL_VALUE("spinforge.goal.value", Type.GAUGE, "s, requests/s or share of 1", "goal", "window"),
  /** A goal's verdict. */
  GOAL_LEVEL(
      "spinforge.goal.level",
      Type.GAUGE,
      "0 ok, 1 warn, 2 critical, NaN insufficient data",
      "goal",
      "window");

  private final String id;
  private final Type type;
  private final String description;
  private final List<String> tags;

  Catalogue(String id, Type type, String description, String... tags) {
    this.id = id;
    this.type = type;
    this.description = description;
    this.tags = List.of(tags);
  }

  /** Returns the meter's name in Micrometer's notation. */
  public String id() {
    return id;
  }

  /** Returns the kind of meter. */
  public Type type() {
    return type;
  }

  /** Returns what the meter tells, in a few words. */
  public String description() {
    return description;
  }

  /** Returns the tag keys, in the order of their values. */
  public List<String> tags() {
    return tags;
  }
}

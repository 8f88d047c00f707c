package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.Meter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every meter that this module registers under a name of its own: the one list that the README's
 * table and the tests of a real scrape are held against.
 */
public enum Catalogue {
  /** Time to answer. */
  HTTP_DURATION(
      "http.request.duration", Meter.Type.TIMER, "time to answer", "method", "route", "status"),
  /** Requests answered. */
  HTTP_REQUESTS(
      "http.requests", Meter.Type.COUNTER, "requests answered", "method", "route", "status"),
  /** Requests being served now. */
  ACTIVE_CONNECTIONS("active.connections", Meter.Type.GAUGE, "requests being served now"),
  /** Caches of the manager. */
  CACHE_CACHES("spinforge.cache.caches", Meter.Type.GAUGE, "caches of the manager", "manager"),
  /** Reads by what answered them. */
  CACHE_REQUESTS(
      "spinforge.cache.requests",
      Meter.Type.COUNTER,
      "reads by what answered them",
      "manager",
      "cache",
      "source",
      "outcome"),
  /** Time in loaders, by how the load ended. */
  CACHE_LOAD(
      "spinforge.cache.load",
      Meter.Type.TIMER,
      "time in loaders, by how the load ended",
      "manager",
      "cache",
      "outcome"),
  /** Reads that waited for another's load. */
  CACHE_COALESCED(
      "spinforge.cache.coalesced",
      Meter.Type.COUNTER,
      "reads that waited for another's load",
      "manager",
      "cache"),
  /** Keys invalidated, by who did it. */
  CACHE_INVALIDATIONS(
      "spinforge.cache.invalidations",
      Meter.Type.COUNTER,
      "keys invalidated, by who did it",
      "manager",
      "cache",
      "origin"),
  /** Time from an invalidation's start to its return in the log. */
  CACHE_LAG(
      "spinforge.cache.invalidation.lag",
      Meter.Type.TIMER,
      "time from an invalidation's start to its return in the log",
      "manager"),
  /** Entries in memory. */
  CACHE_ENTRIES(
      "spinforge.cache.entries", Meter.Type.GAUGE, "entries in memory", "manager", "cache"),
  /** 1 if requests go to Redis. */
  CACHE_REDIS_UP(
      "spinforge.cache.redis.up", Meter.Type.GAUGE, "1 if requests go to Redis", "manager"),
  /** Commands by what became of them. */
  CACHE_REDIS_REQUESTS(
      "spinforge.cache.redis.requests",
      Meter.Type.COUNTER,
      "commands by what became of them",
      "manager",
      "outcome"),
  /** Own invalidations that wait for Redis. */
  CACHE_QUEUED(
      "spinforge.cache.invalidations.queued",
      Meter.Type.GAUGE,
      "own invalidations that wait for Redis",
      "manager"),
  /** Time of a request. */
  BALANCE_REQUESTS(
      "spinforge.balance.requests",
      Meter.Type.TIMER,
      "time of a request",
      "balancer",
      "member",
      "outcome"),
  /** Requests in flight. */
  BALANCE_INFLIGHT(
      "spinforge.balance.inflight", Meter.Type.GAUGE, "requests in flight", "balancer", "member"),
  /** Share of traffic. */
  BALANCE_WEIGHT(
      "spinforge.balance.weight", Meter.Type.GAUGE, "share of traffic", "balancer", "member"),
  /** Members by state. */
  BALANCE_MEMBERS(
      "spinforge.balance.members", Meter.Type.GAUGE, "members by state", "balancer", "state"),
  /** 1 while ejected members are used all the same. */
  BALANCE_PANIC(
      "spinforge.balance.panic",
      Meter.Type.GAUGE,
      "1 while ejected members are used all the same",
      "balancer"),
  /** Members left out for their failures. */
  BALANCE_EJECTIONS(
      "spinforge.balance.ejections",
      Meter.Type.COUNTER,
      "members left out for their failures, by the rule that did it",
      "balancer",
      "reason"),
  /** Extra attempts, made or not allowed. */
  BALANCE_RETRIES(
      "spinforge.balance.retries",
      Meter.Type.COUNTER,
      "extra attempts, made or not allowed",
      "balancer",
      "outcome"),
  /** Attempts beside a late one, made or not allowed. */
  BALANCE_HEDGES(
      "spinforge.balance.hedges",
      Meter.Type.COUNTER,
      "attempts beside a late one, made or not allowed",
      "balancer",
      "outcome"),
  /** Choices that found nobody. */
  BALANCE_EMPTY(
      "spinforge.balance.empty", Meter.Type.COUNTER, "choices that found nobody", "balancer"),
  /** Time of a probe, by outcome. */
  HEALTH_CHECKS(
      "spinforge.health.checks", Meter.Type.TIMER, "time of a probe", "checker", "outcome"),
  /** Targets by status. */
  HEALTH_STATUS(
      "spinforge.health.status", Meter.Type.GAUGE, "targets by status", "checker", "status"),
  /** Targets offered to callers. */
  HEALTH_EFFECTIVE(
      "spinforge.health.effective", Meter.Type.GAUGE, "targets offered to callers", "checker"),
  /** 1 while unfit targets are offered. */
  HEALTH_PANIC(
      "spinforge.health.panic", Meter.Type.GAUGE, "1 while unfit targets are offered", "checker"),
  /** Changes of status. */
  HEALTH_TRANSITIONS(
      "spinforge.health.transitions", Meter.Type.COUNTER, "changes of status", "checker", "to"),
  /** Instances of a watched service. */
  REGISTRY_INSTANCES(
      "spinforge.registry.instances",
      Meter.Type.GAUGE,
      "instances of a watched service",
      "registry",
      "service"),
  /** Time since the store last renewed the lease of an own registration. */
  REGISTRY_HEARTBEAT_AGE(
      "spinforge.registry.heartbeat.age",
      Meter.Type.GAUGE,
      "time since the store last renewed an own lease, of the oldest",
      "registry",
      "service"),
  /** Own registrations by state. */
  REGISTRY_REGISTRATIONS(
      "spinforge.registry.registrations",
      Meter.Type.GAUGE,
      "own registrations by state",
      "registry",
      "state"),
  /** Watched services by state. */
  REGISTRY_SERVICES(
      "spinforge.registry.services",
      Meter.Type.GAUGE,
      "watched services by state",
      "registry",
      "state"),
  /** Heartbeats answered. */
  REGISTRY_HEARTBEATS(
      "spinforge.registry.heartbeats", Meter.Type.COUNTER, "heartbeats answered", "registry"),
  /** Commands failed or unanswered. */
  REGISTRY_FAILURES(
      "spinforge.registry.store.failures",
      Meter.Type.COUNTER,
      "commands failed or unanswered",
      "registry"),
  /** Entries written again after a loss. */
  REGISTRY_REREGISTRATIONS(
      "spinforge.registry.reregistrations",
      Meter.Type.COUNTER,
      "entries written again after a loss",
      "registry"),
  /** Instances: asked for, present, allowed. */
  SCALING_REPLICAS(
      "spinforge.scaling.replicas",
      Meter.Type.GAUGE,
      "instances: asked for, present, allowed",
      "scaler",
      "kind"),
  /** Demand of the first signal. */
  SCALING_DEMAND(
      "spinforge.scaling.demand", Meter.Type.GAUGE, "demand of the first signal", "scaler"),
  /** Demand expected when a new instance would serve. */
  SCALING_FORECAST(
      "spinforge.scaling.forecast",
      Meter.Type.GAUGE,
      "demand expected when a new instance would serve",
      "scaler"),
  /** How far forecasts were off when their time came. */
  SCALING_FORECAST_ERROR(
      "spinforge.scaling.forecast.error",
      Meter.Type.DISTRIBUTION_SUMMARY,
      "how far forecasts were off when their time came",
      "scaler"),
  /** Decisions, and what had the last word. */
  SCALING_DECISIONS(
      "spinforge.scaling.decisions",
      Meter.Type.COUNTER,
      "decisions, and what had the last word",
      "scaler",
      "direction",
      "reason"),
  /** What became of numbers asked for. */
  SCALING_APPLIED(
      "spinforge.scaling.applied",
      Meter.Type.COUNTER,
      "what became of numbers asked for",
      "scaler",
      "result"),
  /** Readings with nothing usable. */
  SCALING_SIGNAL_FAILURES(
      "spinforge.scaling.signal.failures",
      Meter.Type.COUNTER,
      "readings with nothing usable",
      "scaler"),
  /** Time the control group was kept from running. */
  CONTAINER_THROTTLED(
      "spinforge.container.cpu.throttled",
      Meter.Type.COUNTER,
      "time the control group was kept from running"),
  /** Memory of the control group. */
  CONTAINER_MEMORY(
      "spinforge.container.memory", Meter.Type.GAUGE, "memory of the control group", "kind"),
  /** Share of time in which tasks waited, over 10 seconds. */
  HOST_PRESSURE(
      "spinforge.host.pressure",
      Meter.Type.GAUGE,
      "share of time in which tasks waited, over 10 s",
      "resource",
      "kind"),
  /** Bytes through network and disks. */
  HOST_IO(
      "spinforge.host.io",
      Meter.Type.COUNTER,
      "bytes through network and disks",
      "resource",
      "device",
      "kind"),
  /** Time of a query. */
  JDBC_QUERIES(
      "spinforge.jdbc.queries",
      Meter.Type.TIMER,
      "time of a query",
      "pool",
      "operation",
      "outcome"),
  /** Queries that were slow, or could have been one. */
  JDBC_FINDINGS(
      "spinforge.jdbc.findings",
      Meter.Type.COUNTER,
      "queries that were slow, or could have been one",
      "pool",
      "kind"),
  /** Time of operations that took too long. */
  OPERATIONS_SLOW(
      "spinforge.operations.slow",
      Meter.Type.TIMER,
      "time of operations that took too long",
      "operation"),
  /** Seconds, requests a second or share. */
  GOAL_VALUE(
      "spinforge.goal.value",
      Meter.Type.GAUGE,
      "seconds, requests a second or share",
      "goal",
      "window"),
  /** 0 ok, 1 warn, 2 critical, NaN too little data. */
  GOAL_LEVEL(
      "spinforge.goal.level",
      Meter.Type.GAUGE,
      "0 ok, 1 warn, 2 critical, NaN too little data",
      "goal",
      "window"),
  /** How often over the error budget would be spent if it went on like this. */
  GOAL_BURN_RATE(
      "spinforge.goal.burn.rate",
      Meter.Type.GAUGE,
      "how many error budgets would be spent if it went on like this",
      "goal",
      "window"),
  /** Share of the error budget that is left. */
  GOAL_BUDGET(
      "spinforge.goal.budget.remaining",
      Meter.Type.GAUGE,
      "share of the error budget that is left, below 0 if overspent",
      "goal",
      "window"),
  /** What the doctor found last. */
  DOCTOR_FINDINGS(
      "spinforge.doctor.findings",
      Meter.Type.GAUGE,
      "what the doctor found last",
      "family",
      "severity");

  private final String id;
  private final Meter.Type type;
  private final String description;
  private final String tags;

  Catalogue(String id, Meter.Type type, String description, String... tags) {
    this.id = id;
    this.type = type;
    this.description = description;
    this.tags = String.join(",", tags);
  }

  /** Returns the meter's name in Micrometer's notation. */
  public String id() {
    return id;
  }

  /** Returns the kind of meter. */
  public Meter.Type type() {
    return type;
  }

  /** Returns the base unit; null for a timer, and for what is counted in no unit. */
  public @Nullable String baseUnit() {
    return switch (this) {
      case CONTAINER_THROTTLED, REGISTRY_HEARTBEAT_AGE -> "seconds";
      case CONTAINER_MEMORY, HOST_IO -> "bytes";
      default -> null;
    };
  }

  /** Returns what the meter tells, in a few words. */
  public String description() {
    return description;
  }

  /** Returns the tag keys, in the order of their values. */
  public List<String> tags() {
    return tags.isEmpty() ? List.of() : List.of(tags.split(",", -1));
  }
}

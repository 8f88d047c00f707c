package io.spinforge.benchmarks.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spinforge.scaling.reactive.Fleet;
import io.spinforge.scaling.reactive.Limits;
import io.spinforge.scaling.reactive.Mark;
import io.spinforge.scaling.reactive.Panic;
import io.spinforge.scaling.reactive.Proportional;
import io.spinforge.scaling.reactive.Rate;
import io.spinforge.scaling.reactive.Thresholds;
import io.spinforge.scaling.reactive.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Takes one case through the reactive code of production. */
final class ReactiveStep {
  private static final double SECOND = 1e9;
  private static final double DAY = 86_400;
  private static final Rules NONE = new Rules(List.of(), "max", 0, 0.1);
  private static final Rules UP =
      new Rules(
          List.of(new Rate(true, 100, nanos(15)), new Rate(false, 4, nanos(15))), "max", 0, 0.1);
  private static final Rules DOWN =
      new Rules(List.of(new Rate(true, 100, nanos(15))), "max", nanos(300), 0.1);

  private final ReactiveCase given;
  private final ObjectMapper json;
  private final int current;
  private final int min;
  private final int max;
  private final boolean legacy;
  private Rules up = NONE;
  private Rules down = NONE;
  private int ready;
  private boolean active;
  private boolean failed;

  private record Rules(List<Rate> rates, String select, long window, double tolerance) {}

  /**
   * The outcome.
   *
   * @param raw the highest proposal, or the present number if there is none
   * @param stabilized after the windows
   * @param limited after the rate policies
   * @param replicas after the limits: the answer
   * @param note what else there is to say; may be empty
   */
  record Outcome(int raw, int stabilized, int limited, int replicas, String note) {}

  ReactiveStep(ReactiveCase given, ObjectMapper json) {
    this.given = given;
    this.json = json;
    if (given.current() == null) {
      throw wrong("current", "missing", "the present number of instances");
    }
    current = given.current();
    min = or(given.min(), 0);
    max = or(given.max(), Integer.MAX_VALUE);
    check(current >= 0, "current", current, ">= 0");
    check(min >= 0 && min <= max, "min", min, "0 to max");
    ready = or(given.ready(), current);
    JsonNode behavior = given.behavior();
    String word = behavior != null && behavior.isTextual() ? behavior.asText() : "";
    legacy = word.equals("legacy");
    if (behavior != null && behavior.isObject()) {
      behavior.fieldNames().forEachRemaining(this::direction);
      up = rules(behavior.get("up"), UP);
      down = rules(behavior.get("down"), DOWN);
    } else if (word.equals("default")) {
      up = UP;
      down = DOWN;
    } else if (behavior != null && !legacy && !word.equals("none")) {
      throw wrong("behavior", behavior, "\"none\", \"default\", \"legacy\" or an object");
    }
  }

  private void direction(String name) {
    check(name.equals("up") || name.equals("down"), "behavior", name, "up, down");
  }

  private Rules rules(@Nullable JsonNode node, Rules standard) {
    if (node == null || node.isNull()) {
      return standard;
    }
    ReactiveCase.Rules rules = json.convertValue(node, ReactiveCase.Rules.class);
    List<Rate> rates = new ArrayList<>();
    for (ReactiveCase.Policy policy : or(rules.policies(), List.<ReactiveCase.Policy>of())) {
      boolean percent = policy.type().equalsIgnoreCase("percent");
      check(
          percent || policy.type().equalsIgnoreCase("pods"),
          "type",
          policy.type(),
          "pods, percent");
      rates.add(new Rate(percent, policy.value(), nanos(policy.periodSeconds())));
    }
    String select = or(rules.select(), "max").toLowerCase(Locale.ROOT);
    check(
        List.of("max", "min", "disabled").contains(select), "select", select, "max, min, disabled");
    Double window = rules.stabilizationSeconds();
    return new Rules(
        rates.isEmpty() ? standard.rates() : rates,
        select,
        window == null ? standard.window() : nanos(window),
        or(rules.tolerance(), standard.tolerance()));
  }

  private Tolerance tolerance() {
    JsonNode node = given.tolerance();
    if (node == null || node.isNull()) {
      return new Tolerance(up.tolerance(), down.tolerance());
    }
    if (node.isNumber()) {
      return new Tolerance(node.asDouble(), node.asDouble());
    }
    check(node.isObject(), "tolerance", node, "a number or an object of up, down");
    node.fieldNames().forEachRemaining(this::direction);
    return new Tolerance(
        node.path("up").asDouble(up.tolerance()), node.path("down").asDouble(down.tolerance()));
  }

  Outcome run() {
    ReactiveCase.OfPanic panic = given.panic();
    List<Double> ratios = given.ratios();
    if (panic != null) {
      return limits(panic(panic), "");
    }
    if (ratios != null) {
      return limits(current + Thresholds.step(ratios), "");
    }
    int raw = proposal();
    if (raw < 0 || (failed && raw < current)) {
      return limits(current, raw < 0 ? "no usable signal" : "a failed signal, so nothing shrinks");
    }
    return !active ? limits(or(given.idle(), min), "no active signal") : limits(raw, "");
  }

  private int proposal() {
    List<ReactiveCase.OfSignal> signals = given.signals();
    if (signals == null) {
      signals =
          List.of(
              new ReactiveCase.OfSignal(
                  null,
                  given.type(),
                  given.target(),
                  given.value(),
                  given.values(),
                  given.instances(),
                  given.failed(),
                  null));
    }
    check(!signals.isEmpty(), "signals", "none", "at least one");
    int highest = -1;
    for (ReactiveCase.OfSignal signal : signals) {
      highest = Math.max(highest, proposal(signal));
    }
    return highest;
  }

  private int proposal(ReactiveCase.OfSignal signal) {
    if (or(signal.failed(), false)) {
      failed = true;
      return -1;
    }
    String type = or(signal.type(), signal.instances() == null ? "total" : "utilization");
    Double target = signal.target();
    if (target == null || !(target > 0)) {
      throw wrong("target", target == null ? "missing" : target, "above 0");
    }
    return switch (type) {
      case "total", "value" -> single(signal, type, target);
      case "utilization", "average" -> fleet(signal, type, target);
      default -> throw wrong("type", "'" + type + "'", "utilization, average, total, value");
    };
  }

  private int single(ReactiveCase.OfSignal signal, String type, double target) {
    double sum = or(signal.value(), 0.0);
    for (double value : or(signal.values(), List.<Double>of())) {
      sum += value;
    }
    check(signal.value() != null || signal.values() != null, "value", "missing", "a number");
    active |= signal.activation() == null || sum > signal.activation();
    return type.equals("total")
        ? Proportional.total(sum, current, target, tolerance()).replicas()
        : Proportional.value(sum, ready, current, target, tolerance()).replicas();
  }

  private int fleet(ReactiveCase.OfSignal signal, String type, double target) {
    Fleet fleet = fleet(signal);
    active = true;
    if (fleet.counted() == 0) {
      failed = true;
      return -1;
    }
    if (given.ready() == null) {
      ready = fleet.counted();
    }
    if (type.equals("average")) {
      return Proportional.perInstance(fleet, current, target, tolerance()).replicas();
    }
    check(target == Math.rint(target), "target", target, "whole percent for a utilization");
    return Proportional.utilization(fleet, current, (int) target, tolerance()).replicas();
  }

  private Fleet fleet(ReactiveCase.OfSignal signal) {
    List<ReactiveCase.OfInstance> instances = signal.instances();
    if (instances == null) {
      check(signal.value() != null, "instances", "missing", "instances, or a value for all");
      double each = or(signal.value(), 0.0);
      return new Fleet(ready, each * ready, 100.0 * ready, 0, 0, 0, 0);
    }
    double[] usage = new double[3];
    double[] request = new double[3];
    int[] count = new int[3];
    for (ReactiveCase.OfInstance instance : instances) {
      Double used = instance.usage();
      String state = or(instance.state(), used == null ? "missing" : "ready");
      int kind = List.of("ready", "missing", "unready", "ignored").indexOf(state);
      check(kind >= 0, "class", "'" + state + "'", "ready, missing, unready, ignored");
      if (kind == 3) {
        continue;
      }
      check(kind != 0 || used != null, "usage", "missing", "a number for a ready instance");
      int alike = or(instance.count(), 1);
      count[kind] += alike;
      usage[kind] += alike * or(used, 0.0);
      request[kind] += alike * or(instance.request(), 1.0);
    }
    return new Fleet(count[0], usage[0], request[0], count[1], request[1], count[2], request[2]);
  }

  private int panic(ReactiveCase.OfPanic panic) {
    double window = or(panic.stableWindowSeconds(), 60.0);
    boolean reachable = or(panic.reachable(), true);
    Panic.Rules rules =
        new Panic.Rules(
            or(panic.threshold(), 2.0),
            or(panic.maxScaleUpRate(), 1000.0),
            reachable ? or(panic.maxScaleDownRate(), 2.0) : Double.POSITIVE_INFINITY,
            nanos(window),
            or(panic.activationScale(), 1));
    Double since = panic.panickingSeconds();
    Panic.State state =
        since == null
            ? Panic.CALM
            : new Panic.State(true, -nanos(since), or(panic.maxPanicPods(), 0));
    double brief = or(panic.panic(), panic.stable());
    return Panic.step(rules, panic.stable(), brief, panic.target(), ready, state, 0).replicas();
  }

  private Outcome limits(int raw, String note) {
    if (current == 0 && min > 0) {
      return new Outcome(0, 0, 0, 0, "a person's zero is a pause");
    }
    if (current > max || current < min) { // as Kubernetes: the limits come first
      int inside = Math.max(min, Math.min(max, current));
      return new Outcome(raw, inside, inside, inside, "outside the limits");
    }
    List<Mark> marks = new ArrayList<>();
    for (ReactiveCase.Recommendation past :
        or(given.recommendations(), List.<ReactiveCase.Recommendation>of())) {
      marks.add(new Mark(-nanos(past.secondsAgo()), past.replicas()));
    }
    int stabilized = Limits.stabilize(current, raw, marks, 0, up.window(), down.window());
    int limited = limited(stabilized);
    int replicas = Math.max(min, Math.min(max, limited));
    return new Outcome(raw, stabilized, limited, replicas, note);
  }

  private int limited(int wanted) {
    Rules rules = wanted > current ? up : down;
    if (wanted == current || rules.select().equals("disabled")) {
      return current;
    }
    if (legacy) {
      return Math.min(wanted, Math.max(2 * current, 4));
    }
    if (rules.rates().isEmpty()) {
      return wanted;
    }
    ReactiveCase.Events events = or(given.events(), new ReactiveCase.Events(null, null));
    List<Mark> ups = marks(events.up());
    List<Mark> downs = marks(events.down());
    boolean smallest = rules.select().equals("min");
    return wanted > current
        ? Math.min(wanted, Limits.highest(current, rules.rates(), smallest, ups, downs, 0))
        : Math.max(wanted, Limits.lowest(current, rules.rates(), smallest, ups, downs, 0));
  }

  private static List<Mark> marks(@Nullable List<ReactiveCase.Event> events) {
    List<Mark> marks = new ArrayList<>();
    for (ReactiveCase.Event event : or(events, List.<ReactiveCase.Event>of())) {
      marks.add(new Mark(-nanos(event.secondsAgo()), event.change()));
    }
    return marks;
  }

  private static long nanos(double seconds) {
    check(seconds >= 0 && seconds <= 365 * DAY, "seconds", seconds, "0.0 to a year");
    return Math.round(seconds * SECOND);
  }

  private static <T> T or(@Nullable T value, T standard) {
    return value == null ? standard : value;
  }

  private static void check(boolean right, String name, Object value, String rule) {
    if (!right) {
      throw wrong(name, value, rule);
    }
  }

  private static IllegalArgumentException wrong(String name, Object value, String rule) {
    return new IllegalArgumentException(name + ": " + value + " (expected: " + rule + ")");
  }
}

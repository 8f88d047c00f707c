package io.spinforge.scaling;

import io.spinforge.scaling.reactive.Limits;
import io.spinforge.scaling.reactive.Panic;
import io.spinforge.scaling.reactive.Proportional;
import io.spinforge.scaling.reactive.Tolerance;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One decision as a function: plan, observation and memory in; decision and memory out. Reads no
 * clock and touches nothing.
 *
 * <p>The way: census of each signal → proposal of each signal → highest proposal → stabilization →
 * rate policies → limits → what holds it (mode, pause, hazards). A hazard never makes a number, it
 * only keeps the present one.
 */
final class Step {
  /** Ticks without a change by somebody else after which the autoscaler goes on. */
  private static final int QUIET_TICKS = 3;

  private final Plan plan;
  private final Observation seen;
  private final String digest;
  private final boolean jumped;
  private Memory memory;

  private Step(Plan plan, String text, Observation seen, Memory memory) {
    this.plan = plan;
    this.seen = seen;
    digest = InputDigest.of(text, seen, memory);
    Instant last = memory.last();
    jumped = jumped(plan, last, seen.now(), seen.elapsed());
    boolean measured = last != null && seen.elapsed() >= 0;
    long interval = plan.interval().toNanos();
    long wall = jumped || last == null ? 0 : Duration.between(last, seen.now()).toNanos();
    long passed = measured ? seen.elapsed() : jumped ? interval : wall;
    this.memory = memory.at(memory.axis() + passed, seen.now()).withFence(seen.fence().orElse(-1));
  }

  /**
   * Tells whether the wall clock moved by more than an interval against the steady one. Without
   * that, ticks are taken to be an interval apart; up to two are only late.
   *
   * @param elapsed nanoseconds since the last tick; −1 if not known
   */
  static boolean jumped(Plan plan, @Nullable Instant last, Instant now, long elapsed) {
    if (last == null) {
      return false;
    }
    Duration wall = Duration.between(last, now);
    Duration off = elapsed >= 0 ? wall.minusNanos(elapsed).abs() : wall.minus(plan.interval());
    return wall.isNegative() || off.compareTo(plan.interval()) > 0;
  }

  /**
   * What a step returns.
   *
   * @param decision not carried out yet
   * @param memory for the next step
   */
  record Outcome(Decision decision, Memory memory) {}

  static Outcome decide(Plan plan, Observation seen, Memory memory) {
    return decide(plan, plan.toString(), seen, memory);
  }

  /** Decides with the plan's text made before. */
  static Outcome decide(Plan plan, String text, Observation seen, Memory memory) {
    Step step = new Step(plan, text, seen, memory);
    return new Outcome(step.run(), step.memory);
  }

  private Decision run() {
    ScaleTarget.State state = seen.target();
    if (state == null) {
      ScaleTarget.State unknown = new ScaleTarget.State(-1, -1, -1, "");
      return held(unknown, Constraint.TARGET_UNREADABLE, seen.targetFault());
    }
    if (state.desired() < 0 || state.ready() < 0 || state.starting() < 0) {
      return held(state, Constraint.TARGET_NONSENSE, "a negative number: " + state);
    }
    if (state.desired() > plan.max()) {
      return held(
          state, Constraint.TARGET_NONSENSE, state.desired() + " is above the limit " + plan.max());
    }
    watchWriters(state);
    if (jumped) {
      return held(state, Constraint.CLOCK_JUMP, "the clock moved by more than one interval");
    }
    return decide(state);
  }

  /**
   * Finds out whether the number is another than the one this autoscaler left. It does not ask
   * while it writes nothing itself, and zero is a person's word, coming and going.
   */
  private void watchWriters(ScaleTarget.State state) {
    int now = state.desired();
    boolean watching = plan.mode() != Mode.DRY_RUN && seen.pause() == null && !seen.follower();
    Memory.Writer writer = memory.writer();
    if (writer.expected() <= 0 || !watching || now == 0) {
      memory = memory.withWriter(now, -1, false, 0);
    } else if (now != writer.expected() && now != writer.alternative()) {
      memory = memory.withWriter(now, -1, true, 0);
    } else if (writer.contended()) {
      int quiet = writer.quiet() + 1;
      memory = memory.withWriter(now, -1, quiet < QUIET_TICKS, quiet);
    }
  }

  private Decision decide(ScaleTarget.State state) {
    int current = state.desired();
    List<Proposal> proposals = proposals(state);
    boolean incomplete = false;
    for (Proposal proposal : proposals) {
      incomplete |= proposal.quality().compareTo(Quality.PARTIAL) >= 0;
    }
    int raw = wanted(proposals, current);
    boolean blind = raw < 0;
    raw = blind ? raw : panicked(raw, state);
    boolean vetoed = !blind && raw < current && incomplete;
    int basis = blind || vetoed ? current : raw;
    long window = Math.max(plan.up().window, plan.down().window);
    if (memory.recommendations().isEmpty()) {
      memory = memory.withRecommendation(current, window);
    }
    long now = memory.axis();
    int stabilized =
        Limits.stabilize(
            current, basis, memory.recommendations(), now, plan.up().window, plan.down().window);
    if (!blind && !vetoed) {
      memory = memory.withRecommendation(raw, window);
    }
    ScalingRules rules = stabilized > current ? plan.up() : plan.down();
    int limited =
        stabilized == current
            ? current
            : rules.limit(current, stabilized, memory.ups(), memory.downs(), now);
    int clamped = Math.max(plan.min(), Math.min(plan.max(), limited));
    Constraint reason = raw == current ? Constraint.TOLERANCE : Constraint.NONE;
    reason = vetoed ? Constraint.PARTIAL_DATA : blind ? Constraint.NO_DATA : reason;
    reason = stabilized != basis ? Constraint.STABILIZATION : reason;
    reason = limited != stabilized ? Constraint.RATE : reason;
    reason = clamped < limited ? Constraint.MAXIMUM : reason;
    reason = clamped > limited ? Constraint.MINIMUM : reason;
    int[] stages = {blind ? current : raw, stabilized, limited, clamped};
    return finish(state, proposals, stages, reason);
  }

  /**
   * Returns the highest proposal. The forecast takes the place of the first signal's where it
   * leads; elsewhere it is one proposal more. −1 if there is none.
   */
  private int wanted(List<Proposal> proposals, int current) {
    Outlook outlook = seen.outlook();
    int raw = -1;
    for (int i = outlook != null && outlook.leads() ? 1 : 0; i < proposals.size(); i++) {
      raw = Math.max(raw, proposals.get(i).replicas().orElse(-1));
    }
    if (outlook == null) {
      return raw;
    }
    int forecast =
        outlook.need() < current
            ? Math.min(current, Math.max(outlook.need(), outlook.keep()))
            : outlook.need();
    return Math.max(raw, forecast);
  }

  private int panicked(int raw, ScaleTarget.State state) {
    Panic.Rules rules = plan.policy().panic();
    if (rules == null) {
      return raw;
    }
    Panic.State before = memory.panic();
    Panic.State known = before == null ? Panic.start(state.ready(), memory.axis()) : before;
    Panic.Result result = Panic.step(rules, raw, raw, 1, state.ready(), known, memory.axis());
    memory = memory.withPanic(result.state());
    return result.replicas();
  }

  /** Applies what may hold the number, the strongest first. */
  private Decision finish(
      ScaleTarget.State state, List<Proposal> proposals, int[] stages, Constraint constraint) {
    int current = state.desired();
    int wanted = stages[3];
    String pause = seen.pause();
    if (pause != null) {
      return decision(state, proposals, stages, current, Constraint.PAUSED, pause);
    }
    if (seen.follower()) {
      return decision(state, proposals, stages, current, Constraint.FOLLOWER, "");
    }
    if (current == 0 && plan.min() > 0) {
      return decision(
          state, proposals, stages, current, Constraint.ZERO, "somebody set the target to 0");
    }
    if (memory.writer().contended()) {
      String detail = "somebody else set " + current + "; quiet ticks: " + memory.writer().quiet();
      return decision(state, proposals, stages, current, Constraint.CONTENDED, detail);
    }
    if (wanted == current) {
      return decision(state, proposals, stages, current, constraint, "");
    }
    if (plan.mode() == Mode.DRY_RUN) {
      return decision(state, proposals, stages, current, Constraint.DRY_RUN, "");
    }
    if (plan.mode() == Mode.UP_ONLY && wanted < current) {
      return decision(state, proposals, stages, current, Constraint.UP_ONLY, "");
    }
    if (wanted < current && seen.blank()) {
      return decision(state, proposals, stages, current, Constraint.HISTORY_AWAY, "");
    }
    if (wanted < current && newLeader()) {
      return decision(state, proposals, stages, current, Constraint.NEW_LEADER, "");
    }
    if (memory.retry().failures() > 0 && memory.axis() < memory.retry().at()) {
      String detail = "writes that failed in a row: " + memory.retry().failures();
      return decision(state, proposals, stages, current, Constraint.BACKOFF, detail);
    }
    return decision(state, proposals, stages, wanted, constraint, "");
  }

  /** Tells whether this one leads, and for less than the window in which others may have grown. */
  private boolean newLeader() {
    Panic.Rules panic = plan.policy().panic();
    long window = Math.max(plan.down().window, panic == null ? 0 : panic.window());
    window = Math.max(window, plan.interval().toNanos());
    return memory.lead().fence() >= 0 && memory.axis() - memory.lead().since() < window;
  }

  private List<Proposal> proposals(ScaleTarget.State state) {
    List<Proposal> proposals = new ArrayList<>(plan.signals().size());
    List<List<Double>> windows = new ArrayList<>(plan.signals().size());
    for (int i = 0; i < plan.signals().size(); i++) {
      List<Double> window = new ArrayList<>(memory.windows().get(i));
      proposals.add(propose(plan.signals().get(i), seen.readings().get(i), state, window));
      windows.add(List.copyOf(window));
    }
    memory = memory.withWindows(List.copyOf(windows));
    return proposals;
  }

  private Proposal propose(
      Signal signal, Signal.Reading reading, ScaleTarget.State state, List<Double> window) {
    Census census = Census.of(signal, reading, state.ready(), seen.now(), plan);
    if (census.quality() == Quality.MISSING) {
      return new Proposal(
          signal.name(),
          OptionalInt.empty(),
          Double.NaN,
          signal.target(),
          signal.unit(),
          Double.NaN,
          Double.NaN,
          Quality.MISSING,
          census.fault());
    }
    int current = state.desired();
    Tolerance tolerance = new Tolerance(plan.up().tolerance, plan.down().tolerance);
    Proportional.Result result = signal.rule(census.fleet(), current, tolerance);
    boolean complete = census.quality() == Quality.COMPLETE;
    if (complete || result.ratio() >= 1) {
      window.add(result.ratio());
    }
    while (window.size() > plan.policy().window()) {
      window.remove(0);
    }
    int replicas = Math.max(0, plan.policy().replicas(result, current, window, complete));
    String reason = plan.policy().reason(replicas, current, result);
    return new Proposal(
        signal.name(),
        OptionalInt.of(replicas),
        result.measured(),
        signal.target(),
        signal.unit(),
        result.ratio(),
        census.fleet().usage(),
        census.quality(),
        census.fault().isEmpty() ? reason : reason + "; " + census.fault());
  }

  private Decision held(ScaleTarget.State state, Constraint constraint, String detail) {
    int current = state.desired();
    int[] stages = {current, current, current, current};
    return decision(state, List.of(), stages, current, constraint, detail);
  }

  private Decision decision(
      ScaleTarget.State state,
      List<Proposal> proposals,
      int[] stages,
      int desired,
      Constraint constraint,
      String detail) {
    Quality quality = proposals.isEmpty() ? Quality.MISSING : Quality.COMPLETE;
    for (Proposal proposal : proposals) {
      quality = proposal.quality().compareTo(quality) > 0 ? proposal.quality() : quality;
    }
    return new Decision(
        plan.name(),
        seen.sequence(),
        seen.now(),
        plan.zone(),
        plan.mode(),
        state.desired(),
        state.ready(),
        state.starting(),
        proposals.isEmpty() ? Double.NaN : proposals.get(0).demand(),
        quality,
        proposals,
        seen.outlook(),
        stages[0],
        stages[1],
        stages[2],
        stages[3],
        desired,
        constraint,
        detail,
        null,
        seen.fence(),
        digest);
  }
}

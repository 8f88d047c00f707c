package io.spinforge.benchmarks.sim.scaling;

import java.io.PrintStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Autoscalers among faults: {@code java -cp benchmarks.jar
 * io.spinforge.benchmarks.sim.scaling.FaultSimulation [steps] [first seed]}, by default 1,000,000
 * steps from seed 1. A step is a tick of the production code, {@code Autoscaler.tick}, in virtual
 * time; a seed gives the same decisions on every machine, and is printed for each unsafe action.
 *
 * <p>Two schedulers of one name share a fleet, a lease and a history. At random the leader is lost
 * (also between a decision and its write), clocks jump by an hour or a year and back, daylight
 * saving begins or ends, samples are NaN, infinite, negative, stale, missing or not there, the
 * source or the target does not answer, writes meet a conflict, are refused, lost, late, answered
 * by nobody or carried out by half, somebody else writes, the store is away or its answers are
 * lost, and schedulers are restarted.
 *
 * <p><b>Unsafe</b> is a write that takes effect on the fleet and
 *
 * <ul>
 *   <li>is outside the limits, or has no fence, or a lower one than the fleet has seen;
 *   <li>is made in a tick across a jump of the scheduler's clock, or of a target that could not be
 *       read, stood at zero or above the upper limit;
 *   <li>is made within three ticks after the scheduler could see that somebody else has changed the
 *       number that it had left;
 *   <li>goes over a number that its scheduler has not seen;
 *   <li>or is the second one of a tick;
 * </ul>
 *
 * or that shrinks it and
 *
 * <ul>
 *   <li>is made from samples of which any is not usable, or that lack a ready instance;
 *   <li>leaves fewer instances than the true demand of that moment keeps fully busy;
 *   <li>is made by a leader of less than one stabilization window;
 *   <li>or is made before the history was read, unless a day of forecasts has proven itself.
 * </ul>
 */
public final class FaultSimulation {
  private static final int RUN = 2000;

  private FaultSimulation() {}

  private record Outcome(
      long seed,
      List<String> unsafe,
      Map<FaultRun.Fault, Long> faults,
      long actions,
      long shrunk,
      long hash) {}

  /** Plays so many steps; the exit status is 1 if one was unsafe. */
  public static void main(String[] args) {
    long steps = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
    long first = args.length > 1 ? Long.parseLong(args[1]) : 1;
    System.exit(run(steps, first, System.out) == 0 ? 0 : 1);
  }

  /** Plays so many steps; returns the number of unsafe actions. */
  static long run(long steps, long first, PrintStream out) {
    long seeds = (steps + RUN - 1) / RUN;
    List<Outcome> outcomes =
        LongStream.range(first, first + seeds).parallel().mapToObj(FaultSimulation::play).toList();
    Map<FaultRun.Fault, Long> faults = new EnumMap<>(FaultRun.Fault.class);
    long unsafe = 0;
    long hash = 17;
    for (Outcome outcome : outcomes) {
      outcome.faults().forEach((fault, count) -> faults.merge(fault, count, Long::sum));
      outcome.unsafe().forEach(what -> out.println("seed " + outcome.seed() + ", " + what));
      unsafe += outcome.unsafe().size();
      hash = hash * 31 + outcome.hash();
    }
    out.println("steps: " + seeds * RUN + ", seeds " + first + " to " + (first + seeds - 1));
    out.println("faults: " + faults);
    out.println("writes that took effect: " + outcomes.stream().mapToLong(Outcome::actions).sum());
    out.println("of these shrinking: " + outcomes.stream().mapToLong(Outcome::shrunk).sum());
    out.println("unsafe: " + unsafe);
    out.println("decisions: " + Long.toHexString(hash));
    return unsafe;
  }

  /**
   * Plays seeds from 1 on with a planted fault until one shows what it does; returns that.
   *
   * @throws IllegalStateException if none of so many does
   */
  static String find(Planted fault, String unsafe, int seeds) {
    for (long seed = 1; seed <= seeds; seed++) {
      FaultRun run = new FaultRun(seed, fault);
      run.play(RUN);
      for (String what : run.unsafe) {
        if (what.contains(unsafe)) {
          return "seed " + seed + ", " + what;
        }
      }
    }
    throw new IllegalStateException(fault + " was not found by " + seeds + " seeds");
  }

  private static Outcome play(long seed) {
    FaultRun run = new FaultRun(seed, Planted.NONE);
    long hash = run.play(RUN);
    return new Outcome(seed, run.unsafe, run.faults, run.actions, run.shrunk, hash);
  }
}

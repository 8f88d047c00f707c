package io.spinforge.benchmarks.sim.scaling;

import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Phase;
import io.spinforge.scaling.Sample;
import io.spinforge.scaling.ScaleTarget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * Instances in virtual time, and a target and a source over them that misbehave as they are told.
 * Each scheduler has a view of its own; the fleet is one.
 */
final class FaultyFleet {
  private static final int STARTUP = 2;

  private final SplittableRandom random;
  private final Planted planted;
  private final List<Integer> starting = new ArrayList<>();
  private final List<Runnable> underWay = new ArrayList<>();
  int desired;
  int ready;
  double demand = 2;
  private int version;
  private long highest = Long.MIN_VALUE;
  private Instant time;

  /**
   * Writes that took effect in this step: number before, number after, fence, and whether another
   * came in between that its writer has not seen.
   */
  final List<Write> writes = new ArrayList<>();

  record Write(int from, int to, OptionalLong fence, boolean late, boolean unseen) {}

  FaultyFleet(SplittableRandom random, Planted planted, int desired, Instant time) {
    this.random = random;
    this.planted = planted;
    this.desired = desired;
    this.time = time;
    ready = desired;
  }

  /** Lets time pass: instances become ready, writes that were under way arrive. */
  void step(Instant time, double demand) {
    this.time = time;
    this.demand = demand;
    writes.clear();
    starting.replaceAll(left -> left - 1);
    ready += (int) starting.stream().filter(left -> left <= 0).count();
    starting.removeIf(left -> left <= 0);
    settle();
    if (random.nextInt(4) == 0) {
      underWay.forEach(Runnable::run);
      underWay.clear();
    }
  }

  /** Tells whether a write is on its way that may take effect later. */
  boolean isWriting() {
    return !underWay.isEmpty();
  }

  /** Writes as somebody does who knows nothing of fences. */
  void foreign(int number) {
    desired = number;
    version++;
    settle();
  }

  private void settle() {
    int wanted = Math.max(0, desired);
    while (ready + starting.size() > wanted && !starting.isEmpty()) {
      starting.subList(starting.size() - 1, starting.size()).clear();
    }
    ready = Math.min(ready, wanted);
    while (ready + starting.size() < wanted && ready + starting.size() < 1000) {
      starting.add(STARTUP);
    }
  }

  /** What one scheduler sees of the fleet in one step, and what happens to its writes. */
  final class View implements ScaleTarget {
    boolean unreadable;
    boolean failed;
    Duration age = Duration.ZERO;
    int hidden;
    int missing;
    double nonsense;
    boolean broken;
    Answer answer = Answer.TAKEN;
    int asked;

    void heal() {
      unreadable = false;
      failed = false;
      age = Duration.ZERO;
      hidden = 0;
      missing = 0;
      broken = false;
      answer = Answer.TAKEN;
      asked = 0;
    }

    /** Tells whether the samples are not all there and fresh. */
    boolean blind(Duration stale) {
      return failed || broken || hidden > 0 || age.compareTo(stale) > 0;
    }

    List<Sample> samples() {
      if (failed) {
        throw new IllegalStateException("the source does not answer");
      }
      List<Sample> samples = new ArrayList<>();
      double each = Math.min(1, demand / Math.max(1, ready));
      Instant at = time.minus(age);
      for (int i = 0; i < ready - hidden; i++) {
        samples.add(
            i < missing
                ? Sample.missing("i" + i, Phase.READY, 1, at)
                : Sample.of("i" + i, Phase.READY, each, 1, at));
      }
      for (int i = 0; i < starting.size(); i++) {
        samples.add(Sample.missing("s" + i, Phase.STARTING, 1, at));
      }
      if (broken) {
        samples.add(Sample.of("broken", Phase.READY, nonsense, 1, at));
      }
      return samples;
    }

    @Override
    public State read() {
      if (unreadable) {
        throw new IllegalStateException("the target does not answer");
      }
      return new State(desired, ready, starting.size(), Integer.toString(version));
    }

    @Override
    public ApplyResult apply(int number, State seen, OptionalLong fence) {
      asked++;
      switch (answer) {
        case CONFLICT -> {
          foreign(desired);
          return planted == Planted.CONFLICT_IGNORED
              ? take(number, seen, fence, false)
              : new ApplyResult.Conflict("somebody was faster");
        }
        case REFUSED -> {
          return new ApplyResult.Rejected("not now");
        }
        case LOST -> {
          return new ApplyResult.Unknown("the request is lost");
        }
        case LATE -> {
          underWay.add(() -> take(number, seen, fence, true));
          return new ApplyResult.Unknown("no answer yet");
        }
        case UNANSWERED -> {
          take(number, seen, fence, false);
          return new ApplyResult.Unknown("the answer is lost");
        }
        case PARTLY -> {
          int part = (int) Math.rint((desired + number) / 2.0);
          ApplyResult result = take(part, seen, fence, false);
          return result instanceof ApplyResult.Applied ? new ApplyResult.Applied(number) : result;
        }
        default -> {
          return take(number, seen, fence, false);
        }
      }
    }

    private ApplyResult take(int number, State seen, OptionalLong fence, boolean late) {
      boolean fenced = planted != Planted.FENCE_NOT_CHECKED;
      if (fenced && fence.isPresent() && fence.getAsLong() < highest) {
        return new ApplyResult.Rejected("a fence of the past");
      }
      boolean unseen = fenced && !seen.version().equals(Integer.toString(version));
      if (unseen && planted != Planted.CONFLICT_IGNORED) {
        return new ApplyResult.Conflict("another version");
      }
      highest = fence.orElse(highest);
      writes.add(new Write(desired, number, fence, late, unseen));
      desired = number;
      version++;
      settle();
      return new ApplyResult.Applied(number);
    }
  }

  /** What becomes of a write. */
  enum Answer {
    TAKEN,
    CONFLICT,
    REFUSED,
    LOST,
    LATE,
    UNANSWERED,
    PARTLY
  }
}

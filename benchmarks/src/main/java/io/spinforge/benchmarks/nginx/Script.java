package io.spinforge.benchmarks.nginx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A random script under way on a real nginx, and the record of it: {@code @4} four seconds have
 * passed since the start, {@code >b} the second server was chosen, {@code >-} none was, {@code <0+}
 * the oldest request under way got {@link Answer#OK}.
 *
 * <p>nginx counts time in whole seconds of the wall clock. A step that is not over within the
 * second it began in is not clear: nobody can say which of the two nginx saw. Then the script is
 * given up.
 */
final class Script {
  private static final int[] RATES = {0, 0, 0, 5, 20, 100};
  private static final int MOST_REFUSALS = 3;
  private static final long MILLIS = 1_000;

  /** So close to the end of a second, in ms, no step is begun. */
  private static final long MARGIN = 25;

  private final Setup setup;
  private final String upstream;
  private final SplittableRandom random;
  private final StringBuilder record = new StringBuilder();
  private final List<Lab.Attempt> running = new ArrayList<>();
  private final int[] failing;
  private final int atOnce;
  private long began = -1;
  private long second;
  private int refusals;
  private boolean over;
  private int requests;

  Script(Setup setup, String upstream, SplittableRandom random) {
    this.setup = setup;
    this.upstream = upstream;
    this.random = random;
    atOnce = random.nextBoolean() ? 1 : 2 + random.nextInt(7);
    failing = new int[setup.servers().size()];
    Arrays.setAll(failing, i -> rate());
  }

  private int rate() {
    return RATES[random.nextInt(RATES.length)];
  }

  /** Goes on with it. */
  void play(Lab lab, int steps) throws IOException {
    refusals = 0;
    for (int i = 0; i < steps && !over && refusals < MOST_REFUSALS; i++) {
      long now = clearSecond();
      if (began < 0) {
        began = now;
      }
      String event = step(lab);
      if (System.currentTimeMillis() / MILLIS != now) {
        over = true;
        return;
      }
      if (now != second + began) {
        second = now - began;
        record.append(" @").append(second);
      }
      record.append(event);
    }
  }

  private static long clearSecond() {
    long millis = System.currentTimeMillis();
    while (millis % MILLIS > MILLIS - MARGIN) {
      LockSupport.parkNanos(1_000_000);
      millis = System.currentTimeMillis();
    }
    return millis / MILLIS;
  }

  private String step(Lab lab) throws IOException {
    if (random.nextInt(20) == 0) {
      failing[random.nextInt(failing.length)] = rate();
    }
    if (running.isEmpty() || (running.size() < atOnce && random.nextInt(5) < 3)) {
      return open(lab);
    }
    int which = random.nextInt(running.size());
    Lab.Attempt attempt = running.remove(which);
    boolean fails = random.nextInt(100) < failing[attempt.index()];
    Answer answer =
        fails
            ? Answer.failure(random.nextInt(3))
            : random.nextInt(10) == 0 ? Answer.STATUS_500 : Answer.OK;
    lab.close(attempt, answer);
    return " <" + which + answer.letter;
  }

  private String open(Lab lab) throws IOException {
    requests++;
    Lab.Attempt attempt = lab.open(upstream);
    if (attempt.index() < 0) {
      refusals++;
      return " >-";
    }
    String chosen = " >" + (char) ('a' + attempt.index());
    if (attempt.server() == null) {
      return chosen + " <" + running.size() + Answer.REFUSED.letter;
    }
    running.add(attempt);
    return chosen;
  }

  /** Ends what is under way. */
  void end(Lab lab) throws IOException {
    for (Lab.Attempt attempt : running) {
      lab.close(attempt, Answer.OK);
    }
    running.clear();
  }

  int requests() {
    return requests;
  }

  /** Whether nobody can say what time nginx saw. */
  boolean unclear() {
    return over;
  }

  /** Returns the setup and the record, one line. */
  @Override
  public String toString() {
    return setup + " |" + record;
  }
}

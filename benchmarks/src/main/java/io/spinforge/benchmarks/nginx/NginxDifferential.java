package io.spinforge.benchmarks.nginx;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Puts a real nginx and the balancer through random scripts of weights, failures, requests at once
 * and time, and counts where they choose differently. Arguments: how many scripts (10,000), {@code
 * --seed} (1), {@code --record} and a file for the scripts with nginx' answers. Exits with 1 if
 * there was a difference.
 */
public final class NginxDifferential {
  private static final int SCRIPTS = 10_000;
  private static final int BATCH = 500;
  private static final int ROUNDS = 6;
  private static final int STEPS = 20;
  private static final int SHOWN = 5;
  private static final long SPREAD = 1_000_003;

  /** What came of it. */
  record Result(
      int scripts,
      long requests,
      long ejected,
      long returned,
      int unclear,
      List<String> differences) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d scripts, %,d requests, %,d times a server was left out and %,d times back;"
              + " %d scripts differ, %d were given up at the turn of a second",
          scripts,
          requests,
          ejected,
          returned,
          differences.size(),
          unclear);
    }
  }

  private final Path program;
  private final long seed;
  private final List<String> records = new ArrayList<>();
  private final List<String> differences = new ArrayList<>();
  private int unclear;
  private long requests;
  private long ejected;
  private long returned;

  private NginxDifferential(Path program, long seed) {
    this.program = program;
    this.seed = seed;
  }

  /** Runs it. */
  public static void main(String... args) throws IOException {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
    int scripts = SCRIPTS;
    long seed = 1;
    Path record = null;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--seed" -> seed = Long.parseLong(args[++i]);
        case "--record" -> record = Path.of(args[++i]);
        default -> scripts = Integer.parseInt(args[i]);
      }
    }
    Path program =
        NginxProcess.installed()
            .orElseThrow(
                () -> new IllegalStateException("nginx: none (expected: /usr/sbin/nginx)"));
    PrintStream out = System.out;
    out.println(NginxProcess.version(program));
    long start = System.nanoTime();
    NginxDifferential run = new NginxDifferential(program, seed);
    Result result = run.result(scripts);
    if (record != null) {
      Files.write(record, run.records);
    }
    result.differences.stream().limit(SHOWN).forEach(out::println);
    out.printf(
        Locale.ROOT, "seed %d: %s (%.0f s)%n", seed, result, (System.nanoTime() - start) / 1e9);
    System.exit(result.differences.isEmpty() ? 0 : 1);
  }

  /** Runs so many scripts. */
  static Result run(Path program, int scripts, long seed) throws IOException {
    return new NginxDifferential(program, seed).result(scripts);
  }

  private Result result(int scripts) throws IOException {
    for (int from = 0; from < scripts; from += BATCH) {
      batch(from, Math.min(scripts, from + BATCH));
    }
    return new Result(
        records.size(), requests, ejected, returned, unclear, List.copyOf(differences));
  }

  /** Plays scripts side by side, some steps of each in turn, so that time passes for all. */
  private void batch(int from, int to) throws IOException {
    List<Setup> setups = new ArrayList<>();
    List<Script> scripts = new ArrayList<>();
    for (int i = from; i < to; i++) {
      SplittableRandom random = new SplittableRandom(seed * SPREAD + i);
      Setup setup = Setup.random(random);
      setups.add(setup);
      scripts.add(new Script(setup, "u" + (i - from), random));
    }
    try (Lab lab = new Lab(program, setups)) {
      for (int round = 0; round < ROUNDS; round++) {
        long second = System.currentTimeMillis() / 1_000;
        for (Script script : scripts) {
          script.play(lab, STEPS);
        }
        while (System.currentTimeMillis() / 1_000 == second) {
          LockSupport.parkNanos(10_000_000);
        }
      }
      for (Script script : scripts) {
        script.end(lab);
      }
    }
    scripts.forEach(this::judge);
  }

  private void judge(Script script) {
    if (script.unclear()) {
      unclear++; // what came before is clear
    }
    String line = script.toString();
    records.add(line);
    requests += script.requests();
    Replay.Verdict verdict = Replay.of(line);
    ejected += verdict.ejected();
    returned += verdict.returned();
    verdict.difference().ifPresent(differences::add);
  }
}

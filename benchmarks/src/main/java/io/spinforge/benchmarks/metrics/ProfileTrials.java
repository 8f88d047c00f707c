package io.spinforge.benchmarks.metrics;

import io.spinforge.metrics.Profile;
import io.spinforge.metrics.Profiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * Takes CPU profiles of a JVM in which one method burns a core and others do a little, and says how
 * often it was named first, and with which share. Exit status 1 if it was not, or with less than 80
 * %, in any of them.
 */
public final class ProfileTrials {
  private static final double LEAST_SHARE = 0.8;

  /** Volatile: ends the threads, and keeps the compiler from seeing through them. */
  private static volatile boolean running = true;

  /** Where results go, so that they are computed; seen by the package, read by nobody. */
  static volatile long sink;

  private ProfileTrials() {}

  /** Takes the number of profiles (20) and the seconds of each (3). */
  public static void main(String[] args) throws Exception {
    int runs = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
    start(ProfileTrials::plantedHotSpot, "hot");
    start(ProfileTrials::background, "background");
    Path folder = Files.createTempDirectory("spinforge-profiles-");
    int found = 0;
    double least = 1;
    for (int i = 1; i <= runs; i++) {
      Profile profile =
          Profiler.cpu(Duration.ofSeconds(seconds), folder.resolve("run-" + i + ".jfr"));
      Profile.HotMethod first =
          profile.hottest().isEmpty()
              ? new Profile.HotMethod("nothing: the machine had no time", 0, 0)
              : profile.hottest().get(0);
      boolean named = first.method().equals(ProfileTrials.class.getName() + ".plantedHotSpot");
      double share = named ? first.share() : 0;
      found += share >= LEAST_SHARE ? 1 : 0;
      least = Math.min(least, share);
      System.out.printf(
          Locale.ROOT,
          "run %2d: %5.1f %% of %,d samples in %s%n",
          i,
          first.share() * 100,
          profile.samples(),
          first.method());
      Files.delete(profile.recording());
      Files.delete(profile.flameGraph());
    }
    running = false;
    remove(folder);
    System.out.printf(
        Locale.ROOT,
        "Java %s: named first with at least 80 %% in %d of %d, least share %.1f %%%n",
        Runtime.version().feature(),
        found,
        runs,
        least * 100);
    System.exit(found == runs ? 0 : 1);
  }

  private static void remove(Path folder) throws IOException {
    Files.deleteIfExists(folder);
  }

  private static void start(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void plantedHotSpot() {
    long x = 1;
    while (running) {
      for (int i = 0; i < 100_000; i++) {
        x ^= x << 13;
        x ^= x >>> 7;
        x ^= x << 17;
      }
      sink = x;
    }
  }

  /** What a service does besides: a few percent of a core. */
  private static void background() {
    try {
      while (running) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
          text.append(Integer.toString(i));
        }
        sink = text.length();
        Thread.sleep(5);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

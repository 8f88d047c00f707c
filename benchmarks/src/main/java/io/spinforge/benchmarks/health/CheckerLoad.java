package io.spinforge.benchmarks.health;

import com.sun.management.OperatingSystemMXBean;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.HealthListener;
import io.spinforge.health.HealthStats;
import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.TcpProbe;
import java.io.BufferedReader;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * What a checker costs: CPU time of this process, how long probes take, heap and threads, with
 * {@link Targets} in another process. {@code http <targets> <interval ms> <seconds>} keeps
 * connections open, {@code tcp} opens one a probe; {@code cycles <n> <targets>} starts and closes
 * checkers and looks for what is left.
 */
public final class CheckerLoad {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private CheckerLoad() {}

  /** Runs one measurement. */
  public static void main(String[] args) throws Exception {
    Process server =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                Targets.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = server.inputReader(StandardCharsets.US_ASCII)) {
      int port = Integer.parseInt(out.readLine());
      int number = Integer.parseInt(args[1]);
      switch (args[0]) {
        case "http", "tcp" ->
            load(
                port,
                number,
                Duration.ofMillis(Long.parseLong(args[2])),
                Long.parseLong(args[3]),
                args[0].equals("tcp"));
        case "cycles" -> cycles(port, number, Integer.parseInt(args[2]));
        default -> throw new IllegalArgumentException("http, tcp or cycles: " + args[0]);
      }
    } finally {
      server.destroyForcibly();
    }
  }

  private static void load(int port, int targets, Duration interval, long seconds, boolean tcp)
      throws Exception {
    Histogram took = new Histogram(TimeUnit.SECONDS.toNanos(100), 3);
    HealthListener<Integer> listener =
        new HealthListener<>() {
          @Override
          public void onProbe(Integer target, ProbeResult result, long nanos) {
            // On the I/O thread alone; read when the checker is closed.
            took.recordValue(nanos);
          }
        };
    long before = heap();
    long start;
    long cpu;
    HealthStats first;
    HealthStats last;
    try (HealthChecker<Integer> checker = checker(port, interval, tcp)) {
      checker.targets(numbers(targets));
      checker.ready().get(10, TimeUnit.MINUTES);
      checker.addListener(listener);
      first = checker.stats();
      start = System.nanoTime();
      cpu = SYSTEM.getProcessCpuTime();
      // What is measured is what happens in this time.
      TimeUnit.SECONDS.sleep(seconds);
      cpu = SYSTEM.getProcessCpuTime() - cpu;
      start = System.nanoTime() - start;
      last = checker.stats();
      long ended = last.passed() + last.failed() - first.passed() - first.failed();
      System.out.printf(
          Locale.ROOT,
          "%,d targets every %s: %,.0f checks/s, %.1f %% of a core, %.1f us of CPU a check,"
              + " %d healthy, %d failed, %d threads, %,d bytes of heap a target%n",
          targets,
          interval,
          ended * 1e9 / start,
          100.0 * cpu / start,
          cpu / 1e3 / ended,
          last.healthy(),
          last.failed() - first.failed(),
          Thread.getAllStackTraces().keySet().stream()
              .filter(t -> t.getName().startsWith("spinforge-health"))
              .count(),
          (heap() - before) / targets);
    }
    System.out.printf(
        Locale.ROOT,
        "start to result: p50 %.2f ms, p99 %.2f ms, max %.1f ms; the checker itself was late for"
            + " %d ms%n",
        took.getValueAtPercentile(50) / 1e6,
        took.getValueAtPercentile(99) / 1e6,
        took.getMaxValue() / 1e6,
        last.stalled().minus(first.stalled()).toMillis());
  }

  private static void cycles(int port, int cycles, int targets) throws Exception {
    cycle(port, targets);
    long heap = heap();
    int threads = Thread.activeCount();
    int descriptors = descriptors();
    for (int i = 0; i < cycles; i++) {
      cycle(port, targets);
    }
    System.out.printf(
        Locale.ROOT,
        "%d cycles of %,d targets: %+d threads, %+d descriptors, %+d KB of heap%n",
        cycles,
        targets,
        Thread.activeCount() - threads,
        descriptors() - descriptors,
        (heap() - heap) / 1_024);
  }

  private static void cycle(int port, int targets) {
    try (HealthChecker<Integer> checker = checker(port, Duration.ofSeconds(5), false)) {
      checker.targets(numbers(targets));
      long probes = Math.min(targets, 200);
      while (checker.stats().passed() < probes) {
        Thread.onSpinWait();
      }
    }
  }

  private static HealthChecker<Integer> checker(int port, Duration interval, boolean tcp) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    URI uri = URI.create("http://127.0.0.1:" + port + "/health");
    return HealthChecker.<Integer>builder()
        .probe(tcp ? TcpProbe.connect(i -> address) : HttpProbe.get(i -> uri))
        .interval(interval)
        .timeout(interval.compareTo(Duration.ofSeconds(1)) < 0 ? interval : Duration.ofSeconds(1))
        .build();
  }

  private static List<Integer> numbers(int targets) {
    return IntStream.range(0, targets).boxed().toList();
  }

  private static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static int descriptors() {
    String[] open = new File("/proc/self/fd").list();
    return open == null ? 0 : open.length;
  }
}

package io.spinforge.benchmarks.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks of the class path for their allocation alone. That needs no long or quiet
 * measurement, only compiled code: the compiler runs in the foreground ({@code -Xbatch}), so that
 * what is measured after the warm-up is compiled on a busy machine too.
 */
final class JmhRun {

  private static final TimeValue ITERATION = TimeValue.milliseconds(200);
  private static final int WARMUPS = 4;

  /** What a component logs at its start would stand between the gate's lines. */
  private static final String QUIET = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn";

  private static final int MEASUREMENTS = 2;

  private JmhRun() {}

  /** Returns the names of all benchmarks on the class path. */
  static Collection<String> benchmarks() {
    // Several JMH runs at once spoil each other's times; allocation does not mind.
    System.setProperty("jmh.ignoreLock", "true");
    TreeSet<String> names = new TreeSet<>();
    for (BenchmarkListEntry entry :
        BenchmarkList.defaultList()
            .getAll(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                List.of())) {
      names.add(entry.getUsername());
    }
    return names;
  }

  /**
   * Runs one benchmark in one new JVM, once per parameter set.
   *
   * @throws IOException with JMH's own output if the benchmark fails
   */
  static List<Measured> fork(String benchmark) throws IOException {
    Path log = Files.createTempFile("allocation-gate-", ".log");
    Options options =
        new OptionsBuilder()
            .include("^" + Pattern.quote(benchmark) + "$")
            .mode(Mode.AverageTime)
            .forks(1)
            .warmupForks(0)
            .warmupIterations(WARMUPS)
            .warmupTime(ITERATION)
            .measurementIterations(MEASUREMENTS)
            .measurementTime(ITERATION)
            .jvmArgsPrepend("-Xbatch", "-Xms256m", "-Xmx256m", QUIET)
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .output(log.toString())
            .build();
    try {
      List<Measured> results = new ArrayList<>();
      for (RunResult result : new Runner(options).run()) {
        results.add(measured(result));
      }
      return results;
    } catch (RunnerException e) {
      throw new IOException(benchmark + " failed:\n" + Files.readString(log), e);
    } finally {
      Files.delete(log);
    }
  }

  private static Measured measured(RunResult result) {
    BenchmarkParams params = result.getParams();
    List<String> values = params.getParamsKeys().stream().sorted().map(params::getParam).toList();
    List<Double> forks = new ArrayList<>();
    for (BenchmarkResult fork : result.getBenchmarkResults()) {
      Result<?> bytes = fork.getSecondaryResults().get("gc.alloc.rate.norm");
      if (bytes != null && !Double.isNaN(bytes.getScore())) {
        forks.add(bytes.getScore());
      }
    }
    return new Measured(Measured.name(params.getBenchmark(), values), forks);
  }
}

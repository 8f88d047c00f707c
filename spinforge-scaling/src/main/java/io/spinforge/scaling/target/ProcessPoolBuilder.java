package io.spinforge.scaling.target;

import static java.util.Objects.requireNonNull;

import io.spinforge.scaling.internal.Checks;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects what a {@link ProcessPoolTarget} is made of. Not thread-safe. */
public final class ProcessPoolBuilder {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Duration LONGEST = Duration.ofHours(1);

  /**
   * Where the output of a child goes that nobody redirects: this process's own, and never closed.
   */
  private static final PrintStream INHERITED =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true);

  private @Nullable String name;
  private @Nullable Function<WorkerContext, List<String>> command;
  private @Nullable Function<WorkerContext, Map<String, String>> environment;
  private @Nullable Path directory;
  private @Nullable Function<WorkerContext, Path> file;
  private @Nullable BiConsumer<WorkerContext, String> lines;
  private @Nullable Readiness readiness;
  private @Nullable Consumer<Worker> drain;
  private @Nullable Consumer<WorkerEvent> events;
  private @Nullable Path pidFile;
  private @Nullable Integer initial;
  private @Nullable Integer maximum;
  private @Nullable Duration startTimeout;
  private @Nullable Duration grace;
  private @Nullable InstantSource clock;
  private @Nullable LongSupplier ticker;

  ProcessPoolBuilder() {}

  /** Sets the name, 1 to 64 of A-Z a-z 0-9 . _ -; default {@code workers}. */
  public ProcessPoolBuilder name(String name) {
    Checks.unset(this.name, "name");
    Checks.argument(
        NAME.matcher(name).matches(), "name", "'" + name + "'", "1 to 64 of A-Z a-z 0-9 . _ -");
    this.name = name;
    return this;
  }

  /** Sets the command line of a worker; required. Called on the pool's thread at each start. */
  public ProcessPoolBuilder command(Function<WorkerContext, List<String>> command) {
    Checks.unset(this.command, "command");
    this.command = requireNonNull(command, "command");
    return this;
  }

  /**
   * Sets what is added to this process's environment. Always there: {@code SPINFORGE_WORKER_ID},
   * {@code SPINFORGE_WORKER_SLOT}, {@code SPINFORGE_WORKER_PORT}.
   */
  public ProcessPoolBuilder environment(Function<WorkerContext, Map<String, String>> environment) {
    Checks.unset(this.environment, "environment");
    this.environment = requireNonNull(environment, "environment");
    return this;
  }

  /** Sets the working directory; default this process's. */
  public ProcessPoolBuilder directory(Path directory) {
    Checks.unset(this.directory, "directory");
    Checks.argument(Files.isDirectory(directory), "directory", directory, "an existing directory");
    this.directory = directory;
    return this;
  }

  /** Appends each worker's output and errors to a file; default both go where this process's go. */
  public ProcessPoolBuilder output(Function<WorkerContext, Path> file) {
    Checks.unset(this.file, "output");
    this.file = requireNonNull(file, "file");
    return this;
  }

  /**
   * Hands each line of a worker's output and errors on, on a thread per worker; lines are cut at
   * 65,536 characters. May be combined with {@link #output}.
   */
  public ProcessPoolBuilder lines(BiConsumer<WorkerContext, String> lines) {
    Checks.unset(this.lines, "lines");
    this.lines = requireNonNull(lines, "lines");
    return this;
  }

  /** Sets how to know that a worker takes work; default {@link Readiness#whenStarted()}. */
  public ProcessPoolBuilder readiness(Readiness readiness) {
    Checks.unset(this.readiness, "readiness");
    this.readiness = requireNonNull(readiness, "readiness");
    return this;
  }

  /**
   * Sets the time in which a worker has to become ready, above 0 and up to 1 h; default 60 s. One
   * that does not is killed and replaced.
   */
  public ProcessPoolBuilder startTimeout(Duration timeout) {
    Checks.unset(startTimeout, "startTimeout");
    startTimeout = duration(timeout, "startTimeout");
    return this;
  }

  /**
   * Sets what happens to a ready worker before it is told to end, for example taking it out of the
   * load balancer and waiting for its last request. May block; has the {@link #grace} time.
   */
  public ProcessPoolBuilder drain(Consumer<Worker> drain) {
    Checks.unset(this.drain, "drain");
    this.drain = requireNonNull(drain, "drain");
    return this;
  }

  /**
   * Sets the time that the drain hook has, and after it the worker between SIGTERM and SIGKILL,
   * above 0 and up to 1 h; default 10 s.
   */
  public ProcessPoolBuilder grace(Duration grace) {
    Checks.unset(this.grace, "grace");
    this.grace = duration(grace, "grace");
    return this;
  }

  /** Sets the workers that {@link ProcessPoolTarget#start} starts with, from 0; default 1. */
  public ProcessPoolBuilder initial(int workers) {
    Checks.unset(initial, "initial");
    Checks.argument(workers >= 0, "initial", workers, ">= 0");
    initial = workers;
    return this;
  }

  /** Sets the most workers that this machine may be asked for, from 1; default 64. */
  public ProcessPoolBuilder maximum(int workers) {
    Checks.unset(maximum, "maximum");
    Checks.argument(workers >= 1, "maximum", workers, ">= 1");
    maximum = workers;
    return this;
  }

  /**
   * Sets a file that lists the running workers, so that the next start ends those that a crash of
   * this process left behind; default none. Two running pools cannot share it.
   */
  public ProcessPoolBuilder pidFile(Path file) {
    Checks.unset(pidFile, "pidFile");
    Path parent = file.toAbsolutePath().getParent();
    Checks.argument(
        parent != null && Files.isDirectory(parent), "pidFile", file, "in an existing directory");
    pidFile = file.toAbsolutePath();
    return this;
  }

  /** Sets who hears what happens to workers; called on the pool's thread, must not block. */
  public ProcessPoolBuilder events(Consumer<WorkerEvent> events) {
    Checks.unset(this.events, "events");
    this.events = requireNonNull(events, "events");
    return this;
  }

  /** Sets the wall clock that samples are stamped with; default the system's. */
  public ProcessPoolBuilder clock(InstantSource clock) {
    Checks.unset(this.clock, "clock");
    this.clock = requireNonNull(clock, "clock");
    return this;
  }

  /** Sets the source of nanoseconds for time-outs and back-off; default {@link System#nanoTime}. */
  public ProcessPoolBuilder ticker(LongSupplier ticker) {
    Checks.unset(this.ticker, "ticker");
    this.ticker = requireNonNull(ticker, "ticker");
    return this;
  }

  /**
   * Makes the pool; it starts nothing before {@link ProcessPoolTarget#start}.
   *
   * @throws IllegalStateException naming everything that is missing or does not fit together
   */
  public ProcessPoolTarget build() {
    List<String> problems = new ArrayList<>();
    if (command == null) {
      problems.add("command: missing (expected: command(...))");
    }
    int most = maximum == null ? 64 : maximum;
    int first = initial == null ? 1 : initial;
    if (first > most) {
      problems.add("initial: " + first + " (expected: <= the maximum of " + most + ")");
    }
    if (command == null || !problems.isEmpty()) {
      throw new IllegalStateException(
          "The process pool cannot be built: " + String.join("; ", problems));
    }
    String pool = name == null ? "workers" : name;
    Readiness ready = readiness == null ? Readiness.whenStarted() : readiness;
    ProcessLauncher.Setup setup =
        new ProcessLauncher.Setup(
            pool,
            command,
            environment == null ? context -> Map.of() : environment,
            directory,
            file,
            consumer(ready),
            ready,
            drain);
    return new ProcessPoolTarget(
        setup,
        new ProcessPoolTarget.Settings(
            first,
            most,
            startTimeout == null ? Duration.ofSeconds(60) : startTimeout,
            grace == null ? Duration.ofSeconds(10) : grace,
            pidFile),
        events == null ? event -> {} : events,
        clock == null ? Clock.systemUTC() : clock,
        ticker == null ? System::nanoTime : ticker);
  }

  /** Output that is read only to find the ready line still goes where it would have gone. */
  private @Nullable BiConsumer<WorkerContext, String> consumer(Readiness ready) {
    boolean elsewhere = lines != null || file != null || ready.line == null;
    return elsewhere ? lines : (context, line) -> INHERITED.println(line);
  }

  private static Duration duration(Duration value, String name) {
    Checks.argument(
        !value.isNegative() && !value.isZero() && value.compareTo(LONGEST) <= 0,
        name,
        value,
        "above PT0S, up to PT1H");
    return value;
  }
}

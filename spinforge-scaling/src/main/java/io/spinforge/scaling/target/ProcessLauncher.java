package io.spinforge.scaling.target;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts real processes and looks after their streams. */
final class ProcessLauncher implements Launcher {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessLauncher.class);
  private static final int LONGEST_LINE = 64 * 1024;

  private final Setup setup;
  private final Executor blocking;
  private final Runnable wake;

  ProcessLauncher(Setup setup, Executor blocking, Runnable wake) {
    this.setup = setup;
    this.blocking = blocking;
    this.wake = wake;
  }

  /**
   * What processes are started with.
   *
   * @param pool name of the pool
   * @param command the command line
   * @param environment what is added to this process's environment
   * @param directory working directory; null for this process's
   * @param file where the output goes; null for elsewhere
   * @param lines who gets the output; null for nobody
   * @param readiness how to know that one takes work
   * @param drain what to do before one is told to end; null for nothing
   */
  record Setup(
      String pool,
      Function<WorkerContext, List<String>> command,
      Function<WorkerContext, Map<String, String>> environment,
      @Nullable Path directory,
      @Nullable Function<WorkerContext, Path> file,
      @Nullable BiConsumer<WorkerContext, String> lines,
      Readiness readiness,
      @Nullable Consumer<Worker> drain) {}

  @Override
  public Child launch(WorkerContext context) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(setup.command().apply(context));
    builder.redirectInput(ProcessBuilder.Redirect.PIPE); // the lifeline: open as long as we live
    if (setup.directory() != null) {
      builder.directory(setup.directory().toFile());
    }
    Map<String, String> environment = builder.environment();
    environment.put("SPINFORGE_WORKER_ID", context.id());
    environment.put("SPINFORGE_WORKER_SLOT", Integer.toString(context.slot()));
    environment.put("SPINFORGE_WORKER_PORT", Integer.toString(context.port()));
    environment.putAll(setup.environment().apply(context));
    boolean read = setup.lines() != null || setup.readiness().line != null;
    Path file = setup.file() == null ? null : setup.file().apply(context);
    if (file != null && !read) {
      builder.redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(file.toFile()));
    } else if (read) {
      builder.redirectErrorStream(true);
    } else {
      builder.inheritIO().redirectInput(ProcessBuilder.Redirect.PIPE);
    }
    Running child = new Running(context, builder.start());
    CompletableFuture<Void> unused = child.process.onExit().thenRun(wake);
    if (read) {
      Thread pump =
          new Thread(
              () -> child.pump(file), "spinforge-scaling-" + setup.pool() + "-" + context.id());
      pump.setDaemon(true);
      pump.start();
    }
    return child;
  }

  private final class Running implements Child {
    private final WorkerContext context;
    private final Process process;
    private final Instant startedAt;
    private final AtomicBoolean checking = new AtomicBoolean();
    private volatile boolean ready;
    // Confined to the supervisor's thread.
    private boolean draining;
    private volatile boolean drained;

    Running(WorkerContext context, Process process) {
      this.context = context;
      this.process = process;
      startedAt = process.info().startInstant().orElse(Instant.EPOCH);
      ready = setup.readiness().check == null && setup.readiness().line == null;
    }

    @Override
    public long pid() {
      return process.pid();
    }

    @Override
    public Instant startedAt() {
      return startedAt;
    }

    @Override
    public boolean alive() {
      return process.isAlive();
    }

    @Override
    public String exit() {
      int code = process.exitValue();
      return code > 128 ? "signal " + (code - 128) : "exit code " + code;
    }

    @Override
    public boolean ready() {
      if (!ready && setup.readiness().check != null && checking.compareAndSet(false, true)) {
        blocking.execute(this::check);
      }
      return ready;
    }

    @SuppressWarnings("IllegalCatch") // the host's code may throw anything
    private void check() {
      try {
        if (setup.readiness().check != null
            && setup.readiness().check.test(view(Worker.State.STARTING))) {
          ready = true;
          wake.run();
        }
      } catch (RuntimeException e) {
        LOG.debug("Pool {}: the readiness check of {} failed", setup.pool(), context.id(), e);
      } finally {
        checking.set(false);
      }
    }

    @Override
    public boolean drained() {
      if (!draining) {
        draining = true;
        drained = setup.drain() == null;
        if (!drained) {
          blocking.execute(this::drain);
        }
      }
      return drained;
    }

    @SuppressWarnings("IllegalCatch") // the host's code may throw anything
    private void drain() {
      try {
        if (setup.drain() != null) {
          setup.drain().accept(view(Worker.State.DRAINING));
        }
      } catch (RuntimeException e) {
        LOG.warn("Pool {}: the drain hook of {} failed", setup.pool(), context.id(), e);
      } finally {
        drained = true;
        wake.run();
      }
    }

    private Worker view(Worker.State state) {
      return new Worker(context.slot(), context.id(), context.port(), pid(), state, startedAt);
    }

    @Override
    public void terminate() {
      process.destroy();
    }

    @Override
    public void kill() {
      List<ProcessHandle> descendants = process.descendants().toList();
      process.destroyForcibly();
      descendants.forEach(ProcessHandle::destroyForcibly);
    }

    @SuppressWarnings(
        "IllegalCatch") // the host's code may throw anything; the pipe must be emptied
    void pump(@Nullable Path file) {
      try (Reader in =
              new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
          Writer out = file == null ? Writer.nullWriter() : append(file)) {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = in.read()) >= 0) {
          if (c != '\n') {
            line.append((char) c);
          }
          if (c == '\n' || line.length() == LONGEST_LINE) {
            take(line, out);
          }
        }
        if (!line.isEmpty()) {
          take(line, out);
        }
      } catch (IOException e) {
        LOG.debug("Pool {}: output of {} ended", setup.pool(), context.id(), e);
      }
    }

    private static Writer append(Path file) throws IOException {
      return Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @SuppressWarnings(
        "IllegalCatch") // the host's code may throw anything; the pipe must be emptied
    private void take(StringBuilder buffer, Writer out) {
      String line = buffer.toString();
      buffer.setLength(0);
      try {
        out.append(line).append('\n').flush();
      } catch (IOException e) { // a full disk must not block the worker: keep reading
        LOG.debug("Pool {}: output of {} was lost", setup.pool(), context.id(), e);
      }
      try {
        if (setup.lines() != null) {
          setup.lines().accept(context, line);
        }
        if (!ready && setup.readiness().line != null && setup.readiness().line.test(line)) {
          ready = true;
          wake.run();
        }
      } catch (RuntimeException e) {
        LOG.debug("Pool {}: a consumer of {}'s output failed", setup.pool(), context.id(), e);
      }
    }
  }
}

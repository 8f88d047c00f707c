package io.spinforge.metrics;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.spinforge.metrics.page.Clocking;
import io.spinforge.metrics.page.GoalRow;
import io.spinforge.metrics.page.Level;
import io.spinforge.metrics.page.Page;
import io.spinforge.metrics.page.PageHandler;
import io.spinforge.metrics.page.Remark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One page that shows whether a service is well and, if not, why: goals, cache, balancer, health,
 * scaling, database and what the doctor found. Serves {@code /}, {@code /metrics} and {@code
 * /goals.json}, on loopback unless told otherwise. Thread-safe.
 *
 * <p>The page needs nothing from elsewhere, can be read without scripts, and is at most 60 KiB. It
 * has no way to change anything, and no heap or profile. What the pictures show is kept in memory:
 * 150 looks, 2 s apart.
 */
public final class Dashboard implements AutoCloseable {
  private final HttpServer server;
  private final ScheduledExecutorService executor;
  private final Page page;
  private final @Nullable GoalWatch ownWatch;
  private final @Nullable DoctorRounds rounds;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Dashboard(
      HttpServer server,
      ScheduledExecutorService executor,
      Page page,
      @Nullable GoalWatch ownWatch,
      @Nullable DoctorRounds rounds) {
    this.server = server;
    this.executor = executor;
    this.page = page;
    this.ownWatch = ownWatch;
    this.rounds = rounds;
  }

  /** Returns a builder for a page of these components. */
  public static Builder builder(SpinForgeMetrics metrics) {
    return new Builder(Objects.requireNonNull(metrics, "metrics"));
  }

  /** Returns where the page is, with the port that was really bound. */
  public URI uri() {
    InetSocketAddress address = server.getAddress();
    String host = address.getAddress().getHostAddress();
    String literal = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + literal + ":" + address.getPort() + "/");
  }

  /** Returns the port that was really bound. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Closes the port and every connection at once, and looks no more. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      server.stop(0);
      executor.shutdownNow();
      if (rounds != null) {
        rounds.close();
      }
      page.close();
      if (ownWatch != null) {
        ownWatch.close();
      }
    }
  }

  /** Settings of a page; each at most once. Not thread-safe. */
  public static final class Builder {
    private static final int DEFAULT_PORT = 9400;
    private static final int THREADS = 4;
    private static final int HISTORY = 150;
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final SpinForgeMetrics metrics;
    private @Nullable PerformanceGoals goals;
    private @Nullable GoalWatch watch;
    private @Nullable Doctor doctor;
    private @Nullable Supplier<? extends @Nullable List<Remark>> remarks;
    private @Nullable String title;
    private @Nullable Integer port;
    private @Nullable InetAddress address;
    private @Nullable Duration every;

    private Builder(SpinForgeMetrics metrics) {
      this.metrics = metrics;
    }

    private static void once(String setting, @Nullable Object known) {
      if (known != null) {
        throw new IllegalStateException(setting + ": set twice (expected: once)");
      }
    }

    /**
     * Shows these goals, and watches them until the page is closed. A host that watches them itself
     * hands in its watch instead.
     */
    public Builder goals(PerformanceGoals goals) {
      once("goals", this.goals == null ? watch : this.goals);
      this.goals = Objects.requireNonNull(goals, "goals");
      return this;
    }

    /** Shows what this watch says; it stays the host's. */
    public Builder goals(GoalWatch watch) {
      once("goals", this.watch == null ? goals : this.watch);
      this.watch = Objects.requireNonNull(watch, "watch");
      return this;
    }

    /**
     * Shows what this doctor finds. It examines at the start and a minute after each examination,
     * on a thread of the page's own: neither {@link #start()} nor a request waits for it.
     */
    public Builder doctor(Doctor doctor) {
      once("doctor", this.doctor == null ? remarks : this.doctor);
      this.doctor = Objects.requireNonNull(doctor, "doctor");
      return this;
    }

    /** Shows these findings, asked for at each look. */
    Builder remarks(Supplier<? extends @Nullable List<Remark>> remarks) {
      once("doctor", this.remarks == null ? doctor : this.remarks);
      this.remarks = Objects.requireNonNull(remarks, "remarks");
      return this;
    }

    /** Sets the service's name on the page; default {@code SpinForge}. */
    public Builder title(String title) {
      once("title", this.title);
      if (title.isBlank()) {
        throw new IllegalArgumentException("title: \"" + title + "\" (expected: not blank)");
      }
      this.title = title;
      return this;
    }

    /** Sets the port, 0 (any free one) to 65,535; default 9400. */
    public Builder port(int port) {
      once("port", this.port);
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
      }
      this.port = port;
      return this;
    }

    /**
     * Sets the address to listen on; default loopback, which other machines cannot reach. The page
     * asks nobody who they are: elsewhere put it behind something that does.
     */
    public Builder address(InetAddress address) {
      once("address", this.address);
      this.address = Objects.requireNonNull(address, "address");
      return this;
    }

    /** Sets how often it looks, 1 s to 1 minute; default 2 s. */
    public Builder every(Duration every) {
      once("every", this.every);
      if (every.compareTo(SHORTEST) < 0 || every.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "every: " + every + " (expected: " + SHORTEST + " to " + LONGEST + ")");
      }
      this.every = every;
      return this;
    }

    /**
     * Binds the port, begins to look, and serves.
     *
     * @throws UncheckedIOException if the port cannot be bound; it names the address
     * @throws IllegalStateException if the goals are watched on the registry already
     */
    public Dashboard start() {
      InetAddress on = address == null ? InetAddress.getLoopbackAddress() : address;
      InetSocketAddress where = new InetSocketAddress(on, port == null ? DEFAULT_PORT : port);
      HttpServer server;
      try {
        server = HttpServer.create(where, 0);
      } catch (IOException e) {
        throw new UncheckedIOException("port: " + where + " (expected: free to bind)", e);
      }
      GoalWatch own;
      try {
        own = goals == null ? null : goals.watch(metrics.registry());
      } catch (RuntimeException e) {
        server.stop(0);
        throw e;
      }
      GoalWatch shown = own == null ? watch : own;
      DoctorRounds rounds = doctor == null ? null : DoctorRounds.start(doctor, DoctorRounds.EVERY);
      Duration interval = every == null ? Duration.ofSeconds(2) : every;
      Page page =
          new Page(
              new Page.Sources(
                  title == null ? "SpinForge" : title,
                  metrics.registry(),
                  metrics.parts(),
                  metrics.naming(),
                  () -> shown == null ? List.of() : rows(shown.evaluate()),
                  rounds == null ? remarks : rounds,
                  InstantSource.system()),
              new Clocking(interval.toNanos() / 1e9, HISTORY));
      return serve(server, on, page, interval, own, rounds);
    }

    private Dashboard serve(
        HttpServer server,
        InetAddress on,
        Page page,
        Duration interval,
        @Nullable GoalWatch own,
        @Nullable DoctorRounds rounds) {
      AtomicInteger number = new AtomicInteger();
      ScheduledExecutorService executor =
          Executors.newScheduledThreadPool(
              THREADS,
              task -> {
                Thread thread =
                    new Thread(task, "spinforge-metrics-page-" + number.incrementAndGet());
                thread.setDaemon(true);
                return thread;
              });
      page.sample();
      ScheduledFuture<?> unused =
          executor.scheduleWithFixedDelay(
              page::sample, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
      PageHandler handler = new PageHandler(page, scrape(), on.isLoopbackAddress());
      server.createContext("/", handler);
      server.createContext("/metrics", handler); // The scrape answers the path of its context.
      server.setExecutor(executor);
      // The server's own thread is a daemon only if a daemon starts it.
      CompletableFuture.runAsync(server::start, executor).join();
      return new Dashboard(server, executor, page, own, rounds);
    }

    private @Nullable HttpHandler scrape() {
      return MetricsEndpoint.handlerIfAny(metrics.registry());
    }

    static List<GoalRow> rows(GoalReport report) {
      return report.goals().stream()
          .map(
              verdict ->
                  new GoalRow(
                      verdict.goal(),
                      level(verdict.level()),
                      verdict.value(),
                      verdict.target(),
                      verdict.critical(),
                      verdict.text().value(),
                      verdict.text().target(),
                      verdict.text().critical(),
                      verdict.samples()))
          .toList();
    }

    private static Level level(GoalLevel level) {
      return switch (level) {
        case OK -> Level.OK;
        case WARN -> Level.WARN;
        case CRITICAL -> Level.CRITICAL;
        case INSUFFICIENT_DATA -> Level.UNKNOWN;
      };
    }
  }
}

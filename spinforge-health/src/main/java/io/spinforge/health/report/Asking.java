package io.spinforge.health.report;

import io.spinforge.health.engine.IoLoop;
import io.spinforge.health.engine.Reply;
import io.spinforge.health.engine.Session;
import io.spinforge.health.engine.Sessions;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How components are asked: suppliers on threads that come and go, one a component at most, probes
 * on one loop that runs only if there are probes.
 */
final class Asking implements AutoCloseable, IoLoop.Driver {
  private static final Duration STOP_WAIT = Duration.ofSeconds(2);
  private static final long FAR_NANOS = TimeUnit.HOURS.toNanos(1);

  private final String threadName;
  private final long timeoutNanos;
  private final ThreadPoolExecutor threads;
  private @Nullable IoLoop loop;
  // The loop's thread's own, after start().
  private final List<Question<?>> questions = new ArrayList<>();

  Asking(String threadName, Duration timeout, int components) {
    this.threadName = threadName;
    this.timeoutNanos = timeout.toNanos();
    AtomicInteger numbers = new AtomicInteger();
    this.threads =
        new ThreadPoolExecutor(
            0,
            Math.max(1, components),
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, threadName + "-" + numbers.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Returns how to ask a supplier. */
  Supplier<CompletableFuture<ComponentHealth>> of(Supplier<ComponentHealth> supplier) {
    return () -> CompletableFuture.supplyAsync(supplier, threads);
  }

  /** Returns how to ask a probe; before {@link #start()}. */
  <T> Supplier<CompletableFuture<ComponentHealth>> of(Probe<? super T> probe, T target) {
    IoLoop used = loop;
    if (used == null) {
      used = new IoLoop(threadName + "-io", System::nanoTime, this);
      loop = used;
    }
    IoLoop asked = used;
    String name = threadName + "-io-" + questions.size();
    Question<T> question = new Question<>(new Sessions<>(probe, asked, name), target);
    questions.add(question);
    return () -> {
      CompletableFuture<ComponentHealth> answer = new CompletableFuture<>();
      asked.execute(() -> question.ask(answer));
      return answer;
    };
  }

  void start() {
    if (loop != null) {
      loop.start();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    if (loop != null) {
      loop.stop(STOP_WAIT);
    }
  }

  @Override
  public long turn(long now) {
    long next = now + FAR_NANOS;
    for (Question<?> question : questions) {
      next = Math.min(next, question.turn(now));
    }
    return next;
  }

  @Override
  public void stopped() {
    questions.forEach(Question::close);
  }

  /** A probe that runs when it is asked for, and its connection. */
  private final class Question<T> implements Reply {
    private final Sessions<T> sessions;
    private final T target;
    private @Nullable Session<T> session;
    private @Nullable CompletableFuture<ComponentHealth> answer;
    private long attempt;
    private long due;

    Question(Sessions<T> sessions, T target) {
      this.sessions = sessions;
      this.target = target;
    }

    void ask(CompletableFuture<ComponentHealth> wanted) {
      answer = wanted;
      attempt++;
      due = System.nanoTime() + timeoutNanos;
      try {
        Session<T> used = session == null ? sessions.open(target, this) : session;
        session = used;
        used.start(attempt, timeoutNanos);
      } catch (RuntimeException e) {
        result(attempt, ProbeResult.failed("cannot probe: " + e));
      }
    }

    long turn(long now) {
      Session<T> used = session;
      if (answer != null && used != null && due - now <= 0) {
        used.expire(attempt);
      }
      return answer == null ? now + FAR_NANOS : due;
    }

    @Override
    public void result(long number, ProbeResult result) {
      CompletableFuture<ComponentHealth> wanted = answer;
      if (number == attempt && wanted != null) {
        answer = null;
        wanted.complete(ComponentHealth.of(result));
      }
    }

    @Override
    public void idleClosed(long idleNanos) {
      // The next question opens another connection.
    }

    void close() {
      if (session != null) {
        session.close();
      }
      sessions.close();
      result(attempt, ProbeResult.failed("closed"));
    }
  }
}

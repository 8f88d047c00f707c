package io.spinforge.health.engine;

import io.spinforge.health.probe.BlockingProbe;
import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Probes by blocking code, on helper threads or on an executor of the host. */
final class BlockingSession<T> implements Session<T> {
  private final BlockingProbe<? super T> probe;
  private final Executor executor;
  private final Helpers helpers;
  private final IoLoop loop;
  private final Reply reply;
  private T target;
  private @Nullable Check running;

  BlockingSession(
      BlockingProbe<? super T> probe, T target, Helpers helpers, IoLoop loop, Reply reply) {
    Executor given = probe.executor();
    this.probe = probe;
    this.target = target;
    this.helpers = helpers;
    this.executor = given != null ? given : helpers::execute;
    this.loop = loop;
    this.reply = reply;
  }

  @Override
  public void start(long attempt, long timeoutNanos) {
    if (probe.executor() == null && helpers.exhausted()) {
      reply.result(attempt, ProbeResult.inconclusive("every thread is held by a stuck check"));
      return;
    }
    T subject = target;
    Check check = new Check(attempt, subject);
    running = check;
    try {
      executor.execute(check);
    } catch (RuntimeException e) {
      running = null;
      reply.result(attempt, ProbeResult.inconclusive("the executor rejected the probe: " + e));
    }
  }

  @Override
  public void expire(long attempt) {
    boolean began = cancel();
    reply.result(
        attempt,
        began
            ? ProbeResult.failed(Failure.TIMEOUT, "the check has not returned in time")
            : ProbeResult.inconclusive("no thread was free in time"));
  }

  @Override
  public boolean retarget(T newTarget) {
    target = newTarget;
    return true;
  }

  @Override
  public void close() {
    cancel();
  }

  /** Cancels the running check; returns whether it had a thread. */
  boolean cancel() {
    Check check = running;
    running = null;
    return check != null && check.giveUp();
  }

  private final class Check extends FutureTask<ProbeResult> {
    private final long attempt;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WAITING);

    Check(long attempt, T subject) {
      super(() -> AsyncSession.resultOf(probe.check().check(subject), null));
      this.attempt = attempt;
    }

    @Override
    public void run() {
      if (!phase.compareAndSet(Phase.WAITING, Phase.RUNNING)) {
        return;
      }
      super.run();
      if (phase.getAndSet(Phase.ENDED) == Phase.STUCK) {
        helpers.stuck().decrementAndGet();
      }
    }

    @Override
    protected void done() {
      if (!isCancelled()) {
        loop.execute(() -> reply.result(attempt, outcome()));
      }
    }

    /** Gives the check up; returns whether it had a thread. */
    boolean giveUp() {
      if (phase.compareAndSet(Phase.WAITING, Phase.ENDED)) {
        return false;
      }
      helpers.stuck().incrementAndGet();
      if (!phase.compareAndSet(Phase.RUNNING, Phase.STUCK)) {
        helpers.stuck().decrementAndGet();
      }
      cancel(true);
      return true;
    }

    private ProbeResult outcome() {
      try {
        return get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return ProbeResult.inconclusive("interrupted");
      } catch (ExecutionException e) {
        return Failures.foreign(e);
      }
    }
  }

  private enum Phase {
    WAITING,
    RUNNING,
    STUCK,
    ENDED
  }
}

package io.spinforge.health.engine;

import io.spinforge.health.probe.CombinedProbe;
import io.spinforge.health.probe.ProbeResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several probes of one target at the same time, and one result. */
final class CombinedSession<T> implements Session<T> {
  private final CombinedProbe<?> probe;
  private final Reply reply;
  private final List<Session<T>> parts = new ArrayList<>();
  private final @Nullable ProbeResult[] results;
  private long attempt;
  private boolean active;

  /** Opens the session of one part. */
  interface Opener<T> {
    Session<T> open(int part, Reply reply);
  }

  CombinedSession(CombinedProbe<?> probe, Opener<T> opener, Reply reply) {
    this.probe = probe;
    this.reply = reply;
    this.results = new ProbeResult[probe.probes().size()];
    for (int i = 0; i < results.length; i++) {
      parts.add(opener.open(i, new Part(i)));
    }
  }

  @Override
  public void start(long newAttempt, long timeoutNanos) {
    attempt = newAttempt;
    active = true;
    Arrays.fill(results, null);
    for (int i = 0; active && i < results.length; i++) {
      parts.get(i).start(newAttempt, timeoutNanos);
    }
  }

  @Override
  public void expire(long expired) {
    // Each part tells its result before this returns, so that the last one decides.
    for (int i = 0; active && i < results.length; i++) {
      if (results[i] == null) {
        parts.get(i).expire(expired);
      }
    }
  }

  @Override
  public void close() {
    active = false;
    parts.forEach(Session::close);
  }

  @Override
  public boolean retarget(T target) {
    boolean all = true;
    for (Session<T> part : parts) {
      all &= part.retarget(target);
    }
    return all;
  }

  private void told(int part, long number, ProbeResult result) {
    if (!active || number != attempt || results[part] != null) {
      return;
    }
    results[part] = result;
    ProbeResult decided = probe.decide(Arrays.asList(results));
    if (decided == null) {
      return;
    }
    active = false;
    for (int i = 0; i < results.length; i++) {
      if (results[i] == null) {
        parts.get(i).expire(number);
      }
    }
    reply.result(number, decided);
  }

  private final class Part implements Reply {
    private final int number;

    Part(int number) {
      this.number = number;
    }

    @Override
    public void result(long told, ProbeResult result) {
      CombinedSession.this.told(number, told, result);
    }

    @Override
    public void idleClosed(long idleNanos) {
      reply.idleClosed(idleNanos);
    }
  }
}

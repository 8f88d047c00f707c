package io.spinforge.health;

import io.spinforge.health.engine.Canary;
import io.spinforge.health.engine.IoLoop;
import io.spinforge.health.engine.Reply;
import io.spinforge.health.engine.Session;
import io.spinforge.health.engine.Sessions;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Does what a core asks for, and keeps what sessions tell until the core takes it. */
final class Prober<T> {
  private final Sessions<T> sessions;
  private final Canary canary;
  private final Deque<Told<T>> told = new ArrayDeque<>();

  /** What a session has told: a result with its number, or an idle time without a result. */
  record Told<T>(Slot<T> slot, long number, @Nullable ProbeResult result) {}

  Prober(Probe<? super T> probe, IoLoop loop, String threadName) {
    this.sessions = new Sessions<>(probe, loop, threadName);
    this.canary = new Canary(loop);
  }

  @Nullable Told<T> poll() {
    return told.poll();
  }

  boolean idle() {
    return told.isEmpty();
  }

  /** Returns how long the last byte took over the loopback, or -1 if none has come since. */
  long takeCanary() {
    return canary.take();
  }

  /** Sends a byte over the loopback. */
  void sendCanary() {
    canary.send();
  }

  int stuckWorkers() {
    return sessions.stuckWorkers();
  }

  void perform(Effect<T> effect) {
    Slot<T> slot = effect.slot();
    try {
      switch (effect.kind()) {
        case START -> session(slot, effect.target()).start(effect.attempt(), effect.timeoutNanos());
        case EXPIRE -> session(slot, effect.target()).expire(effect.attempt());
        case CLOSE -> close(slot);
      }
    } catch (RuntimeException e) {
      // The host's function for the address, most likely.
      told.add(new Told<>(slot, effect.attempt(), ProbeResult.failed("cannot probe: " + e)));
    }
  }

  void close(Slot<T> slot) {
    Session<T> session = slot.session;
    slot.session = null;
    if (session != null) {
      session.close();
    }
  }

  void close() {
    canary.close();
    sessions.close();
  }

  @SuppressWarnings("ReferenceEquality") // an equal value may have another address
  private Session<T> session(Slot<T> slot, T target) {
    Session<T> session = slot.session;
    if (session != null && slot.probed != target && !session.retarget(target)) {
      close(slot);
      session = null;
    }
    if (session == null) {
      session = sessions.open(target, new SlotReply(slot));
      slot.session = session;
    }
    slot.probed = target;
    return session;
  }

  private final class SlotReply implements Reply {
    private final Slot<T> slot;

    SlotReply(Slot<T> slot) {
      this.slot = slot;
    }

    @Override
    public void result(long attempt, ProbeResult result) {
      told.add(new Told<>(slot, attempt, result));
    }

    @Override
    public void idleClosed(long idleNanos) {
      told.add(new Told<>(slot, idleNanos, null));
    }
  }
}

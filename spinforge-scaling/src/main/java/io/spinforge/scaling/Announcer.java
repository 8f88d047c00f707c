package io.spinforge.scaling;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Tells listeners and the log what happens, hazards once when they begin and when they end. */
final class Announcer {
  private final String name;
  private final Logger log;
  private final List<ScalingListener> listeners;

  Announcer(String name, Logger log, List<ScalingListener> listeners) {
    this.name = name;
    this.log = log;
    this.listeners = new CopyOnWriteArrayList<>(listeners);
  }

  void add(ScalingListener listener) {
    listeners.add(listener);
  }

  void remove(ScalingListener listener) {
    listeners.remove(listener);
  }

  void report(@Nullable Decision before, Decision decision) {
    Constraint was = before == null ? Constraint.NONE : before.constraint();
    if (was.hazard() && was != decision.constraint()) {
      log.info("Autoscaler {} goes on: {} is over", name, was);
      tell(listener -> listener.onRelease(decision));
    }
    if (decision.constraint().hazard() && was != decision.constraint()) {
      log.warn("Autoscaler {} holds: {}", name, decision.explain());
      tell(listener -> listener.onHold(decision));
    }
    if (decision.applied() != null && log.isInfoEnabled()) {
      log.info("Autoscaler {} acts: {}", name, decision.explain());
    }
    tell(listener -> listener.onDecision(decision));
  }

  @SuppressWarnings("IllegalCatch") // the host's code may throw anything
  void tell(Consumer<ScalingListener> event) {
    for (ScalingListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (RuntimeException e) {
        log.warn("Autoscaler {}: a listener failed", name, e);
      }
    }
  }
}

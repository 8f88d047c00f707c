package io.spinforge.health;

import io.spinforge.health.probe.ProbeResult;
import java.util.Locale;

/** Writes down why a view is what it is. */
final class Explanation {
  private static final int MOST_TARGETS = 20;

  private Explanation() {}

  static <T> String of(String name, Rules rules, Core<T> core) {
    HealthView<T> view = core.view();
    int fit = view.healthy().size() + view.degraded().size();
    int candidates = view.size() - view.drained().size();
    StringBuilder text = new StringBuilder(512);
    text.append(name).append(": ").append(view.effective().size()).append(" of ");
    text.append(view.size()).append(" targets are offered\n  ");
    text.append(view.healthy().size()).append(" healthy, ");
    text.append(view.degraded().size()).append(" degraded, ");
    text.append(view.unhealthy().size()).append(" unhealthy, ");
    text.append(view.unknown().size()).append(" unknown, ");
    text.append(view.drained().size()).append(" drained; ");
    text.append(view.suspended().size()).append(" suspended\n  ");
    text.append(
        String.format(
            Locale.ROOT,
            "fit: %d of %d not drained, enough from %.1f (panicBelow %s): %s\n  ",
            fit,
            candidates,
            rules.panicBelow() * candidates,
            rules.panicBelow(),
            view.panic() ? "panic, all are offered" : "no panic"));
    text.append("local health: ").append(core.local().score()).append(" of 7, probes may take ");
    text.append(core.local().stretched(rules.timeout().toMillis())).append(" ms\n");
    int told = 0;
    for (Slot<T> slot : core.slots()) {
      if (!slot.standing.fit() && told++ < MOST_TARGETS) {
        target(text, slot);
      }
    }
    if (told > MOST_TARGETS) {
      text.append("  ... and ").append(told - MOST_TARGETS).append(" more\n");
    }
    return text.toString();
  }

  private static void target(StringBuilder text, Slot<?> slot) {
    ProbeResult last = slot.last;
    text.append("  ").append(slot.value).append(" is ").append(slot.standing.status());
    text.append(slot.drained ? ", drained" : "").append(slot.suspended ? ", suspended" : "");
    if (last != null) {
      text.append(": ").append(last.verdict()).append(' ').append(last.detail());
    }
    if (slot.holdNanos > 0) {
      text.append(" (must pass for ").append(slot.holdNanos / 1_000_000_000.0).append(" s)");
    }
    text.append('\n');
  }
}

package io.spinforge.metrics.page;

import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.Decision;
import io.spinforge.scaling.Outlook;
import io.spinforge.scaling.ScalingListener;
import io.spinforge.scaling.ScalingStats;
import io.spinforge.scaling.ScalingStatus;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** An autoscaler: demand with its forecast and the capacity there is, instances, decisions. */
final class ScalingPanel implements Panel {
  private static final int KEPT = 5;

  private final String id;
  private final String name;
  private final Autoscaler scaler;
  private final Ring demand;
  private final Ring expected;
  private final Ring upper;
  private final Ring capacity;
  private final Ring ready;
  private final Ring desired;
  private final ScalingListener listener = new Listener();

  /** Guards {@link #decisions}: the scaler's thread writes them. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Deque<Decision> decisions = new ArrayDeque<>();
  private @Nullable ScalingStats stats;
  private @Nullable ScalingStatus status;

  private final class Listener implements ScalingListener {
    @Override
    public void onDecision(Decision decision) {
      lock.lock();
      try {
        Decision last = decisions.peekFirst();
        boolean same =
            last != null
                && last.direction() == 0
                && decision.direction() == 0
                && last.constraint() == decision.constraint();
        if (same) {
          decisions.removeFirst(); // It stays as it is, for the same reason: one line is enough.
        }
        decisions.addFirst(decision);
        if (decisions.size() > KEPT) {
          decisions.removeLast();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  ScalingPanel(String id, String name, Autoscaler scaler, Clocking clocking) {
    this.id = id;
    this.name = name;
    this.scaler = scaler;
    this.demand = new Ring(clocking.history());
    this.expected = new Ring(clocking.history());
    this.upper = new Ring(clocking.history());
    this.capacity = new Ring(clocking.history());
    this.ready = new Ring(clocking.history());
    this.desired = new Ring(clocking.history());
    scaler.addListener(listener);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String title() {
    return "Scaling " + name;
  }

  @Override
  public void sample() {
    ScalingStats now = scaler.stats();
    stats = now;
    ScalingStatus known = scaler.status();
    status = known;
    Outlook outlook = known.last().map(Decision::forecast).orElse(null);
    demand.add(now.demand());
    expected.add(outlook == null ? Double.NaN : outlook.expected());
    upper.add(outlook == null ? Double.NaN : outlook.upper());
    ready.add(now.ready() < 0 ? Double.NaN : now.ready());
    desired.add(now.desired() < 0 ? Double.NaN : now.desired());
    double each = outlook == null ? perInstance(known) : outlook.capacity();
    capacity.add(now.ready() < 0 ? Double.NaN : now.ready() * each);
  }

  /** What one instance is to carry, where the first signal says how many demand needs. */
  private static double perInstance(ScalingStatus status) {
    return status
        .last()
        .filter(last -> !last.proposals().isEmpty())
        .map(last -> last.proposals().get(0))
        .filter(first -> first.ratio() > 0 && first.demand() > 0)
        .filter(first -> status.last().get().ready() > 0)
        .map(first -> first.demand() / first.ratio() / status.last().get().ready())
        .orElse(Double.NaN);
  }

  @Override
  public List<Reason> reasons() {
    ScalingStats now = stats;
    ScalingStatus known = status;
    if (now == null || known == null) {
      return List.of();
    }
    if (known.last().map(last -> last.constraint().hazard()).orElse(false)) {
      String why = word(known.last().get());
      return List.of(new Reason(Level.WARN, "scaling " + name + " is held back: " + why, id));
    }
    if (now.desired() >= now.max() && demand.last() > capacity.last()) {
      String text = "scaling " + name + " is at its maximum of " + now.max() + ", demand is higher";
      return List.of(new Reason(Level.WARN, text, id));
    }
    return List.of();
  }

  private static String word(Decision decision) {
    return decision.constraint().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  @Override
  public void render(Html out) {
    ScalingStats now = stats;
    ScalingStatus known = status;
    if (now == null || known == null || known.last().isEmpty()) {
      out.empty("It has not decided yet.");
      return;
    }
    out.raw("<p class=\"facts\">").element("b", "big", number(now.ready()));
    out.text(" ready of " + number(now.desired()) + " asked for, " + number(now.starting()));
    out.text(" starting, allowed " + now.min() + " to " + now.max());
    known.pauseReason().ifPresent(reason -> out.text(", paused: ").shortText(reason, 80));
    out.raw("</p><p class=\"legend\">").key("demand", "demand");
    if (!expected.isEmpty()) {
      out.key("forecast", "forecast");
    }
    if (!capacity.isEmpty()) {
      out.key("capacity", "capacity");
    }
    out.raw("<span class=\"top\">now ").text(Numbers.plain(demand.last()));
    out.text(Double.isNaN(capacity.last()) ? "" : " of " + Numbers.plain(capacity.last()));
    out.raw("</span></p>");
    chart(out);
    instances(out, now);
    decisions(out);
  }

  private static String number(int count) {
    return count < 0 ? Numbers.NONE : Numbers.count(count);
  }

  private void chart(Html out) {
    double top = 0;
    for (Ring ring : List.of(demand, upper, capacity)) {
      double max = ring.max();
      top = Double.isNaN(max) ? top : Math.max(top, max);
    }
    if (top > 0) {
      top *= 1.1;
      String label =
          "demand " + Numbers.plain(demand.last()) + ", capacity " + Numbers.plain(capacity.last());
      Svg.begin(out, "chart", 90, label)
          .band("forecast", expected, upper, top)
          .steps("line capacity", capacity, top)
          .line("line demand", demand, top)
          .end();
    }
  }

  private void instances(Html out, ScalingStats now) {
    double most = Math.max(1, Math.max(desired.isEmpty() ? 1 : desired.max(), now.ready())) * 1.2;
    out.raw("<p class=\"legend\">").key("ready", "instances ready").key("desired", "asked for");
    out.raw("</p>");
    Svg.begin(out, "chart low", 44, "instances ready " + number(now.ready()))
        .steps("line desired", desired, most)
        .steps("line ready", ready, most)
        .end();
  }

  private void decisions(Html out) {
    List<Decision> latest;
    lock.lock();
    try {
      latest = List.copyOf(decisions);
    } finally {
      lock.unlock();
    }
    if (latest.isEmpty()) {
      return;
    }
    out.raw("<ul class=\"events\">");
    for (Decision decision : latest) {
      String at = decision.time().truncatedTo(ChronoUnit.SECONDS).toString().substring(11);
      String sign = decision.direction() > 0 ? "▲ " : decision.direction() < 0 ? "▼ " : "= ";
      out.raw("<li><details><summary><time>").text(at).raw("</time> ");
      out.text(sign + number(decision.current()) + " → " + number(decision.desired()) + ", ");
      out.text(reason(decision)).raw("</summary><p>").shortText(decision.explain(), 700);
      out.raw("</p></details></li>");
    }
    out.raw("</ul>");
  }

  private static String reason(Decision decision) {
    return switch (decision.constraint()) {
      case NONE -> decision.direction() == 0 ? "demand fits" : "demand asked for it";
      default -> word(decision);
    };
  }

  @Override
  public void close() {
    scaler.removeListener(listener);
  }
}

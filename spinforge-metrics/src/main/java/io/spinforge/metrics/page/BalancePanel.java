package io.spinforge.metrics.page;

import io.spinforge.balance.BalancerListener;
import io.spinforge.balance.BalancerStats;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Snapshot;
import io.spinforge.balance.Snapshot.MemberSnapshot;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A balancer: its members by what is in flight, and who was ejected when. */
final class BalancePanel<T> implements Panel {
  private static final int MOST = 16;
  private static final int EVENTS = 6;

  private final String id;
  private final String name;
  private final LoadBalancer<T> balancer;
  private final Function<Object, String> naming;
  private final InstantSource clock;
  private final double seconds;
  private final Rate requests = new Rate();
  private final Ring rates;
  private final BalancerListener<T> listener = new Listener();

  /** Guards {@link #events}: the balancer's threads write them. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Deque<Event> events = new ArrayDeque<>();
  private @Nullable Snapshot<T> seen;
  private @Nullable BalancerStats stats;

  private record Event(Instant at, String member, boolean ejected) {}

  private final class Listener implements BalancerListener<T> {
    @Override
    public void onEjected(Member<T> member) {
      add(member, true);
    }

    @Override
    public void onReturned(Member<T> member) {
      add(member, false);
    }
  }

  BalancePanel(
      String id,
      String name,
      LoadBalancer<T> balancer,
      Function<Object, String> naming,
      InstantSource clock,
      Clocking clocking) {
    this.id = id;
    this.name = name;
    this.balancer = balancer;
    this.naming = naming;
    this.clock = clock;
    this.seconds = clocking.seconds();
    this.rates = new Ring(clocking.history());
    balancer.addListener(listener);
  }

  private void add(Member<T> member, boolean ejected) {
    Event event = new Event(clock.instant(), naming.apply(member.value()), ejected);
    lock.lock();
    try {
      events.addFirst(event);
      if (events.size() > EVENTS) {
        events.removeLast();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String title() {
    return "Balancer " + name;
  }

  @Override
  public void sample() {
    BalancerStats now = balancer.stats();
    stats = now;
    seen = balancer.snapshot();
    rates.add(requests.grown((double) now.requests()) / seconds);
  }

  @Override
  public List<Reason> reasons() {
    BalancerStats now = stats;
    if (now == null) {
      return List.of();
    }
    List<Reason> reasons = new ArrayList<>();
    if (now.members() == 0) {
      reasons.add(new Reason(Level.CRITICAL, "balancer " + name + " has no members", id));
    } else if (now.panic()) {
      String text = "balancer " + name + " uses ejected members: too few are left";
      reasons.add(new Reason(Level.CRITICAL, text, id));
    } else if (now.ejected() > 0) {
      String text = "balancer " + name + ": " + now.ejected() + " of " + now.members() + " ejected";
      reasons.add(new Reason(Level.WARN, text, id));
    }
    return reasons;
  }

  @Override
  public void render(Html out) {
    BalancerStats now = stats;
    Snapshot<T> snapshot = seen;
    if (now == null || snapshot == null || snapshot.members().isEmpty()) {
      out.empty("It has no members: nobody has called update(...) with any.");
      return;
    }
    out.raw("<p class=\"facts\">").element("b", "big", Numbers.perSecond(rates.last()));
    out.text(" requests, in flight " + Numbers.count(now.inFlight()) + ", retries ");
    out.text(Numbers.count(now.retries()) + ", ejections " + Numbers.count(now.ejections()));
    out.raw("</p>");
    List<MemberSnapshot<T>> members = new ArrayList<>(snapshot.members());
    members.sort(
        Comparator.comparing((MemberSnapshot<T> member) -> !member.ejected())
            .thenComparingInt(member -> -member.inFlight())
            .thenComparing(member -> naming.apply(member.value())));
    int most = members.stream().mapToInt(MemberSnapshot::inFlight).max().orElse(0);
    out.raw("<table><thead><tr><th scope=\"col\">member</th>")
        .raw("<th scope=\"col\" class=\"mix\">in flight</th>")
        .raw("<th scope=\"col\" class=\"n wide\">latency</th>")
        .raw("<th scope=\"col\" class=\"n wide\">failed</th><th scope=\"col\">state</th></tr>")
        .raw("</thead><tbody>");
    for (MemberSnapshot<T> member : members.subList(0, Math.min(MOST, members.size()))) {
      row(out, member, Math.max(1, most));
    }
    out.raw("</tbody></table>");
    rest(out, members);
    events(out);
  }

  private void row(Html out, MemberSnapshot<T> member, int most) {
    String bar = member.ejected() ? "critical" : "flight";
    out.raw("<tr><th scope=\"row\">").shortText(naming.apply(member.value()), 40);
    out.raw("</th><td class=\"mix\">");
    Svg.begin(out, "bar", 8, member.inFlight() + " in flight")
        .rect("track", 0, 0, Svg.WIDTH, 8)
        .rect(bar, 0, 0, (double) member.inFlight() / most * Svg.WIDTH, 8)
        .end();
    out.element("small", "after", Numbers.plain(member.inFlight()))
        .raw("</td><td class=\"n wide\">");
    boolean timed = member.latencyNanos() > 0;
    out.text(timed ? Numbers.time(member.latencyNanos() / 1e9) : Numbers.NONE);
    double failed =
        member.requests() == 0 ? Double.NaN : (double) member.failures() / member.requests();
    out.raw("</td><td class=\"n wide\">").text(Numbers.share(failed)).raw("</td><td>");
    out.badge(member.ejected() ? Level.CRITICAL : Level.OK, member.ejected() ? "ejected" : "in");
    out.raw("</td></tr>");
  }

  private void rest(Html out, List<MemberSnapshot<T>> members) {
    if (members.size() > MOST) {
      List<MemberSnapshot<T>> rest = members.subList(MOST, members.size());
      int inFlight = rest.stream().mapToInt(MemberSnapshot::inFlight).sum();
      long ejected = rest.stream().filter(MemberSnapshot::ejected).count();
      String text = "and " + rest.size() + " more with " + inFlight + " in flight";
      out.element("p", "more", ejected == 0 ? text : text + ", " + ejected + " of them ejected");
    }
  }

  private void events(Html out) {
    List<Event> latest;
    lock.lock();
    try {
      latest = List.copyOf(events);
    } finally {
      lock.unlock();
    }
    if (!latest.isEmpty()) {
      out.raw("<ul class=\"events\">");
      for (Event event : latest) {
        out.raw("<li><time>")
            .text(event.at.truncatedTo(ChronoUnit.SECONDS).toString().substring(11));
        out.raw("</time> ").shortText(event.member, 40);
        out.raw(event.ejected ? " ejected</li>" : " back</li>");
      }
      out.raw("</ul>");
    }
  }

  @Override
  public void close() {
    balancer.removeListener(listener);
  }
}

package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.spinforge.balance.BalancerListener;
import io.spinforge.balance.BalancerStats;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** A balancer as meters; each member has its own from when it is listed until it is not. */
public final class BalanceBinding<T> implements Binding {
  private final LoadBalancer<T> balancer;
  private final String name;
  private final MeterRegistry registry;
  private final MeterSet meters;
  private final Groups<Member<T>, MemberMeters<T>> members;
  private final BalancerListener<T> listener = new Listener();

  private BalanceBinding(
      MeterRegistry registry,
      String name,
      LoadBalancer<T> balancer,
      Function<Object, String> naming) {
    this.registry = registry;
    this.name = name;
    this.balancer = balancer;
    this.meters = new MeterSet(registry);
    this.members =
        new Groups<>("member", (Member<T> member) -> naming.apply(member.value()), this::group);
  }

  /** Returns whether this class binds such a component. */
  public static boolean accepts(Object component) {
    return component instanceof LoadBalancer;
  }

  /** Binds a balancer, until the binding is closed. */
  public static Binding of(
      MeterRegistry registry, String name, Object balancer, Function<Object, String> naming) {
    BalanceBinding<?> binding =
        new BalanceBinding<>(registry, name, (LoadBalancer<?>) balancer, naming);
    return Bindings.start(binding, binding::start);
  }

  private void start() {
    meters.gauge(
        Catalogue.BALANCE_MEMBERS,
        balancer,
        b -> {
          BalancerStats stats = b.stats();
          return Math.max(0, stats.members() - stats.ejected() - stats.draining());
        },
        name,
        "up");
    members("ejected", BalancerStats::ejected);
    members("draining", BalancerStats::draining);
    meters.gauge(Catalogue.BALANCE_PANIC, balancer, b -> b.stats().panic() ? 1 : 0, name);
    balancer
        .stats()
        .outlier()
        .ifPresent(
            rule -> count(Catalogue.BALANCE_EJECTIONS, BalancerStats::ejections, name, tag(rule)));
    count(Catalogue.BALANCE_RETRIES, BalancerStats::retries, name, "made");
    count(Catalogue.BALANCE_RETRIES, BalancerStats::retriesSuppressed, name, "suppressed");
    count(Catalogue.BALANCE_HEDGES, BalancerStats::hedges, name, "made");
    count(Catalogue.BALANCE_HEDGES, BalancerStats::hedgesSuppressed, name, "suppressed");
    count(Catalogue.BALANCE_EMPTY, BalancerStats::noMembers, name);
    balancer.addListener(listener);
  }

  private void members(String state, ToDoubleFunction<BalancerStats> value) {
    meters.gauge(
        Catalogue.BALANCE_MEMBERS, balancer, b -> value.applyAsDouble(b.stats()), name, state);
  }

  private void count(Catalogue what, ToDoubleFunction<BalancerStats> value, String... tags) {
    meters.counter(what, balancer, b -> value.applyAsDouble(b.stats()), tags);
  }

  private static String tag(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private MemberMeters<T> group(String member) {
    return new MemberMeters<>(new MeterSet(registry), name, member);
  }

  @Override
  public void close() {
    balancer.removeListener(listener);
    members.close();
    meters.close();
  }

  private final class Listener implements BalancerListener<T> {
    @Override
    public void onAdded(Member<T> member) {
      members.join(member);
    }

    @Override
    public void onRemoved(Member<T> member) {
      members.leave(member);
    }

    @Override
    public void onEnd(Member<T> member, Outcome outcome, long nanos) {
      MemberMeters<T> group = members.of(member);
      if (group != null) {
        group.timer(outcome).record(nanos, TimeUnit.NANOSECONDS);
      }
    }
  }

  /** The meters of the members of one name. */
  private static final class MemberMeters<T> extends Groups.Group<Member<T>> {
    private final MeterSet meters;
    private final String balancer;
    private final String member;
    private final Map<Outcome, Slot> slots = new EnumMap<>(Outcome.class);

    /** Volatile, so that whoever sees the timer sees it whole. */
    private static final class Slot {
      volatile @Nullable Timer timer;
    }

    MemberMeters(MeterSet meters, String balancer, String member) {
      this.meters = meters;
      this.balancer = balancer;
      this.member = member;
      for (Outcome outcome : Outcome.values()) {
        slots.put(outcome, new Slot());
      }
      meters.gauge(
          Catalogue.BALANCE_INFLIGHT, this, m -> m.sum(Member::inFlight), balancer, member);
      meters.gauge(Catalogue.BALANCE_WEIGHT, this, m -> m.sum(Member::weight), balancer, member);
    }

    /** Registers a timer with its first request; a race of two registers it once. */
    Timer timer(Outcome outcome) {
      Slot slot = Objects.requireNonNull(slots.get(outcome));
      Timer known = slot.timer;
      if (known == null) {
        known = meters.timer(Catalogue.BALANCE_REQUESTS, balancer, member, tag(outcome));
        slot.timer = known;
      }
      return known;
    }

    @Override
    void close() {
      meters.close();
    }
  }
}

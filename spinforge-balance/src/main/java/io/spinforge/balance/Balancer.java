package io.spinforge.balance;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.spinforge.balance.guard.Health;
import io.spinforge.balance.pick.Algorithm;
import io.spinforge.balance.pick.Evidence;
import io.spinforge.balance.pick.Picker;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The way of a request: a choice from the {@link Roster}'s view, the member's count, the outcome to
 * the member, and from there to the guard. The clock is read only by those who need it.
 */
final class Balancer<T> implements LoadBalancer<T> {
  /** How often a choice that fell on a closed member is made again before it is taken as it is. */
  private static final int CHOICES = 16;

  /** How often others may take the last room of a member that was chosen: never in practice. */
  private static final int MAX_RACES = 1_000;

  private final LongSupplier ticker;
  private final boolean timed;
  private final @Nullable Policy keyed;
  private final Traits.Reader<T> traits;
  private final Listeners<T> listeners = new Listeners<>();
  final Roster<T> roster;
  private final Leases<T> leases = new Leases<>();
  final Calls<T> calls;
  final Others<T> others;

  /** A bit for each outcome that counts against members. */
  private final int blamed;

  private final LongAdder panicPicks = new LongAdder();
  private final LongAdder noMembers = new LongAdder();
  private final LongAdder surplusEnds = new LongAdder();

  Balancer(LoadBalancerBuilder<T> builder) {
    Supplier<RandomGenerator> random =
        requireNonNullElse(builder.random, ThreadLocalRandom::current);
    ticker = requireNonNullElse(builder.ticker, System::nanoTime);
    Policy policy = builder.policyOrDefault();
    Algorithm algorithm = policy.start(random);
    timed = algorithm.timed();
    keyed = algorithm.keyed() ? policy : null;
    traits = new Traits.Reader<>(builder, algorithm.keyed(), algorithm.maxNodes());
    Outlier outlier = builder.outlier == null ? policy.outlier : builder.outlier;
    blamed = outlier == null ? 0 : outlier.blamed;
    double inherited = builder.outlier == null ? policy.panicThreshold : 0;
    double panic = requireNonNullElse(builder.panicThreshold, inherited);
    Rules<T> rules = builder.rules(panic);
    Pickers<T> pickers = new Pickers<>(algorithm, random);
    roster = new Roster<>(this, algorithm, pickers, outlier, rules, listeners, ticker);
    others = new Others<>(this, algorithm.keyed(), random);
    calls = new Calls<>(this, builder, ticker, listeners);
  }

  @Override
  public void update(Collection<? extends T> values) {
    roster.update(traits.of(requireNonNull(values, "values")));
  }

  @Override
  public Member<T> pick() {
    return orThrow(choose(false, unkeyed()));
  }

  @Override
  public Member<T> pick(long hash) {
    return orThrow(choose(false, hash));
  }

  @Override
  public @Nullable Member<T> pickOrNull() {
    return choose(false, unkeyed());
  }

  @Override
  public Member<T> acquire() {
    return orThrow(choose(true, unkeyed()));
  }

  @Override
  public Member<T> acquire(long hash) {
    return orThrow(choose(true, hash));
  }

  /** Returns what policies that need no hash get for one. */
  private long unkeyed() {
    if (keyed != null) {
      throw new IllegalStateException(
          "hash: none (expected: pick(hash), acquire(hash) or lease(hash), "
              + keyed
              + " chooses by it)");
    }
    return 0;
  }

  private static <T> Member<T> orThrow(@Nullable Member<T> member) {
    if (member == null) {
      throw NoMembersException.INSTANCE;
    }
    return member;
  }

  private @Nullable Member<T> choose(boolean counted, long hash) {
    View<T> view = roster.view();
    long now = 0;
    if (timed || view.due) {
      now = ticker.getAsLong();
      if (view.due && now - view.dueAt >= 0) {
        roster.refresh(now);
        view = roster.view();
      }
    }
    for (int attempt = 1; ; attempt++) {
      Picker picker = view.picker;
      if (picker == null) {
        noMembers.increment();
        return null;
      }
      if (attempt > 1 && view.withoutTrials != null) {
        picker = view.withoutTrials;
      }
      int index = picker.pick(now, hash);
      Member<T> member = view.choice[index];
      Health health = member.health;
      if (health == null
          || !health.suspect()
          || attempt >= CHOICES
          || admitted(view, index, health, counted)) {
        if (counted && !picker.acquire(index, member.node)) {
          if (attempt < MAX_RACES) {
            continue;
          }
          member.node.acquire();
        }
        chosen(view.forced[index]);
        return member;
      }
      view = roster.view();
    }
  }

  private boolean admitted(View<T> view, int index, Health health, boolean counted) {
    if (!view.guarded) {
      return true;
    }
    boolean forced = view.forced[index];
    if (!counted) {
      // The trial is left to somebody who will tell how it went.
      return forced || !health.ejected();
    }
    long now = ticker.getAsLong();
    Health.Admission admission = health.chosen(now);
    if (admission == Health.Admission.OPEN) {
      return true;
    }
    if (admission == Health.Admission.CLOSED && forced && view == roster.view()) {
      return true;
    }
    roster.refresh(now); // the trial is taken now, or was before
    return admission == Health.Admission.TRIAL;
  }

  @Override
  public @Nullable Member<T> acquireOther(Collection<Member<T>> tried) {
    return others.acquire(unkeyed(), tried, ticker.getAsLong());
  }

  @Override
  public @Nullable Member<T> acquireOther(long hash, Collection<Member<T>> tried) {
    return others.acquire(hash, tried, ticker.getAsLong());
  }

  View<T> view() {
    return roster.view();
  }

  /** Returns the view as it is at this time. */
  View<T> view(long now) {
    View<T> view = roster.view();
    if (view.due && now - view.dueAt >= 0) {
      roster.refresh(now);
      view = roster.view();
    }
    return view;
  }

  /** Counts a choice that is only made in panic. */
  void chosen(boolean forced) {
    if (forced) {
      panicPicks.increment();
    }
  }

  long begin(Member<T> member) {
    return member.node.begin(ticker.getAsLong());
  }

  void end(Member<T> member, long start, Outcome outcome) {
    Evidence evidence = outcome.evidence();
    Health health = member.health;
    boolean answered = evidence == Evidence.GOOD || evidence == Evidence.BAD;
    boolean failed = (blamed & (1 << outcome.index)) != 0;
    boolean judged = health != null && (failed || (answered && health.suspect()));
    boolean heard = listeners.any();
    long now = timed || judged || heard ? ticker.getAsLong() : 0;
    if ((timed && !member.node.end(start, now, evidence)) || !member.release(outcome)) {
      surplusEnds.increment();
      return;
    }
    if (judged && health != null && roster.view().guarded && health.ended(failed, now)) {
      roster.refresh(now);
    }
    if (heard) {
      listeners.onEnd(member, outcome, Math.max(0, now - member.node.startOf(start)));
    }
  }

  void report(Member<T> member, double utilization, double qps, int inFlight) {
    member.node.report(utilization, qps, inFlight, timed ? ticker.getAsLong() : 0);
  }

  @Override
  public Lease<T> lease() {
    return lease(acquire());
  }

  @Override
  public Lease<T> lease(long hash) {
    return lease(acquire(hash));
  }

  private Lease<T> lease(Member<T> member) {
    return new Lease<>(leases, member, member.begin());
  }

  @Override
  public <R, X extends Exception> R call(Call<? super T, ? extends R, X> call) throws X {
    return calls.call(unkeyed(), call);
  }

  @Override
  public <R, X extends Exception> R call(long hash, Call<? super T, ? extends R, X> call) throws X {
    return calls.call(hash, call);
  }

  @Override
  public <R> CompletableFuture<R> callAsync(
      Function<? super T, ? extends CompletionStage<? extends R>> call) {
    return calls.callAsync(unkeyed(), call);
  }

  @Override
  public <R> CompletableFuture<R> callAsync(
      long hash, Function<? super T, ? extends CompletionStage<? extends R>> call) {
    return calls.callAsync(hash, call);
  }

  @Override
  public Snapshot<T> snapshot() {
    View<T> view = roster.view();
    long now = timed ? ticker.getAsLong() : 0;
    return new Snapshot<>(
        view.listed.stream().map(member -> member.snapshot(now)).toList(), view.panic);
  }

  @Override
  public BalancerStats stats() {
    long abandoned = leases.abandoned();
    long[] ended = roster.counts();
    View<T> view = roster.view();
    int ejected = 0;
    int draining = 0;
    long inFlight = 0;
    for (Member<T> member : view.listed) {
      ejected += member.ejected() ? 1 : 0;
      draining += member.weight() == 0 ? 1 : 0;
      inFlight += member.inFlight();
    }
    return new BalancerStats(
        ended[Outcome.SUCCESS.index],
        ended[Outcome.FAILURE.index],
        ended[Outcome.TIMEOUT.index],
        ended[Outcome.OVERLOADED.index],
        ended[Outcome.CANCELLED.index],
        ended[Outcome.IGNORED.index],
        calls.retries.sum(),
        calls.suppressed.sum(),
        calls.hedges.sum(),
        calls.hedgesSuppressed.sum(),
        calls.limited.sum(),
        roster.ejections(),
        roster.outlier(),
        panicPicks.sum(),
        noMembers.sum(),
        surplusEnds.sum(),
        abandoned,
        roster.updates(),
        view.listed.size(),
        ejected,
        draining,
        inFlight,
        view.panic);
  }

  @Override
  public void addListener(BalancerListener<T> listener) {
    roster.addListener(requireNonNull(listener, "listener"));
  }

  @Override
  public void removeListener(BalancerListener<T> listener) {
    roster.removeListener(requireNonNull(listener, "listener"));
  }
}

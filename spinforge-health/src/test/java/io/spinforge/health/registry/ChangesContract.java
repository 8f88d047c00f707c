package io.spinforge.health.registry;

import static io.spinforge.health.registry.InstanceChange.Kind.ADDED;
import static io.spinforge.health.registry.InstanceChange.Kind.CHANGED;
import static io.spinforge.health.registry.InstanceChange.Kind.REMOVED;
import static io.spinforge.health.registry.RegistrationState.ACTIVE;
import static io.spinforge.health.registry.RegistrationState.CLOSED;
import static io.spinforge.health.registry.RegistrationState.DRAINING;
import static io.spinforge.health.registry.RegistrationState.PENDING;
import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Changes one by one, the names of the services, and the order of start and stop. */
abstract class ChangesContract extends InputContract {

  /** Applies what it is told to an empty list, and compares with the snapshot that comes along. */
  static final class Replay {
    final List<InstanceChange> changes = new CopyOnWriteArrayList<>();
    final List<String> wrong = new CopyOnWriteArrayList<>();
    final AtomicInteger calls = new AtomicInteger();
    private final TreeMap<String, ServiceInstance> list = new TreeMap<>(); // by the listener
    private volatile List<ServiceInstance> last = List.of();

    /** Returns whether the last it was told is the snapshot. */
    boolean holds(ServiceSnapshot snapshot) {
      return ListWatch.same(last, snapshot.instances());
    }

    boolean has(ServiceInstance instance) {
      return last.stream().anyMatch(instance::sameAs);
    }

    void take(ServiceChanges told) {
      for (InstanceChange change : told.changes()) {
        String id = change.instance().id();
        ServiceInstance old = list.get(id);
        if (old != change.before() || (change.kind() == ADDED) != (old == null)) {
          wrong.add(change + " after " + old);
        }
        if (change.kind() == REMOVED) {
          list.remove(id);
        } else {
          list.put(id, change.instance());
        }
      }
      if (!ListWatch.same(List.copyOf(list.values()), told.snapshot().instances())) {
        wrong.add(told.toString());
      }
      last = List.copyOf(list.values());
      changes.addAll(told.changes());
      calls.incrementAndGet();
    }
  }

  private Replay replay(ServiceRegistry on) {
    Replay replay = new Replay();
    on.watchChanges(service, replay::take);
    soon().until(() -> replay.calls.get() > 0);
    return replay;
  }

  private static void awaitChanges(Replay replay, InstanceChange.Kind... kinds) {
    soon()
        .untilAsserted(
            () ->
                assertThat(replay.changes).extracting(InstanceChange::kind).containsExactly(kinds));
    assertThat(replay.wrong).isEmpty();
  }

  @Test
  void changesOfAnEmptyServiceBeginWithNone() {
    Replay replay = replay(registry);
    assertThat(replay.changes).isEmpty();
    assertThat(replay.calls).hasValue(1);
  }

  @Test
  void changesBeginWithWhatWasThere() {
    active(another(), instance(1));
    active(registry, instance(2));
    awaitChanges(replay(registry), ADDED, ADDED);
  }

  @Test
  void changesTellWhoComesChangesAndGoes() {
    Replay replay = replay(registry);
    Registration me = active(another(), instance(1));
    awaitChanges(replay, ADDED);
    me.update(me.instance().withWeight(7));
    awaitChanges(replay, ADDED, CHANGED);
    assertThat(replay.changes.get(1).before().weight()).isEqualTo(1);
    assertThat(replay.changes.get(1).instance().weight()).isEqualTo(7);
    me.drain(Duration.ZERO);
    awaitChanges(replay, ADDED, CHANGED, CHANGED);
    me.close();
    awaitChanges(replay, ADDED, CHANGED, CHANGED, REMOVED);
  }

  @Test
  void anotherAddressIsAnotherInstance() {
    Replay replay = replay(registry);
    ServiceInstance here = ServiceInstance.of(service, "10.0.0.1", 1).id("a").build();
    ServiceInstance there = ServiceInstance.of(service, "10.0.0.2", 1).id("a").build();
    Registration me = active(another(), here);
    awaitChanges(replay, ADDED);
    me.update(there);
    awaitChanges(replay, ADDED, REMOVED, ADDED);
  }

  @Test
  void slowListenerMissesNoChange() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Replay replay = new Replay();
    registry.watchChanges(
        service,
        told -> {
          try {
            release.await(60, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          replay.take(told);
        });
    ServiceRegistry owner = another();
    Watch watch = loaded(owner);
    for (int i = 1; i <= 5; i++) {
      active(owner, instance(i));
    }
    Registration brief = active(owner, instance(6));
    brief.close();
    soon().until(() -> watch.snapshot().up().size() == 5);
    release.countDown();
    soon().until(() -> replay.last.size() == 5);
    assertThat(replay.wrong).isEmpty();
  }

  @Test
  void changesAreGapFreeWhateverHappens() {
    Replay replay = replay(registry);
    ServiceRegistry owner = another();
    Watch watch = loaded(owner);
    Seeds.run(
        1,
        (seed, random) -> {
          List<Registration> open = new ArrayList<>();
          for (int i = 0; i < 60; i++) {
            int dice = open.isEmpty() ? 0 : random.nextInt(3);
            if (dice == 0) {
              open.add(active(owner, instance(100 + i)));
            } else if (dice == 1) {
              Registration one = open.get(random.nextInt(open.size()));
              one.update(one.instance().withWeight(random.nextInt(1000)));
            } else {
              open.remove(random.nextInt(open.size())).close();
            }
          }
          soon()
              .until(
                  () ->
                      watch.snapshot().instances().size() == open.size()
                          && replay.holds(watch.snapshot())
                          && open.stream().allMatch(one -> replay.has(one.instance())));
        });
    assertThat(replay.wrong).isEmpty();
  }

  @Test
  void closedWatchHearsOfNoMoreChanges() {
    Replay replay = new Replay();
    Watch watch = registry.watchChanges(service, replay::take);
    soon().until(() -> replay.calls.get() == 1);
    watch.close();
    Watch other = loaded(registry);
    active(registry, instance(1));
    awaitUp(other, instance(1));
    assertThat(replay.calls).hasValue(1);
  }

  @Test
  void servicesAreThoseWithInstances() {
    String first = service + "-a";
    String second = service + "-b";
    active(registry, ServiceInstance.of(second, "h", 1).build());
    active(another(), ServiceInstance.of(first, "h", 1).build());
    registry.discover(service + "-asked-for-only");
    ServiceRegistry asker = another();
    soon().until(() -> asker.services().containsAll(List.of(first, second)));
    assertThat(asker.services()).isSorted().doesNotContain(service + "-asked-for-only");
  }

  @Test
  void servicesAreNamedOnce() {
    active(registry, instance(1));
    active(another(), instance(2));
    soon().until(() -> registry.services().contains(service));
    assertThat(registry.services()).containsOnlyOnce(service);
  }

  @Test
  void manyServicesAreAllNamed() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      names.add(service + "-" + i);
      registry.register(ServiceInstance.of(service + "-" + i, "h", 1).build());
    }
    soon().until(() -> registry.services().containsAll(names));
  }

  @Test
  void instanceIsRegisteredWhenItIsReady() {
    CompletableFuture<String> ready = new CompletableFuture<>();
    Watch watch = loaded(registry);
    Registration me = registry.registerWhen(instance(1), ready);
    active(registry, instance(2));
    awaitUp(watch, instance(2));
    assertThat(me.state()).isEqualTo(PENDING);
    ready.complete("passed");
    awaitState(me, ACTIVE);
    awaitUp(watch, instance(1), instance(2));
  }

  @Test
  void instanceThatIsReadyAlreadyIsRegisteredAtOnce() {
    Registration me = registry.registerWhen(instance(1), CompletableFuture.completedFuture(null));
    awaitState(me, ACTIVE);
  }

  @Test
  void instanceThatDoesNotBecomeReadyIsNeverRegistered() {
    CompletableFuture<Void> ready = new CompletableFuture<>();
    Registration me = registry.registerWhen(instance(1), ready);
    ready.completeExceptionally(new IllegalStateException("no database"));
    awaitState(me, CLOSED);
    assertThat(registry.explain(service).toString()).contains("no database");
    assertThat(registry.discover(service)).isEmpty();
    active(registry, instance(1)); // its place is free again
  }

  @Test
  void registrationClosedBeforeItIsReadyStaysClosed() {
    CompletableFuture<Void> ready = new CompletableFuture<>();
    Registration me = registry.registerWhen(instance(1), ready);
    me.close();
    ready.complete(null);
    active(registry, instance(2));
    assertThat(me.state()).isEqualTo(CLOSED);
    assertThat(registry.discover(service)).containsExactly(instance(2));
  }

  @Test
  void changesBeforeItIsReadyAreWhatIsRegistered() {
    CompletableFuture<Void> ready = new CompletableFuture<>();
    Registration me = registry.registerWhen(instance(1), ready);
    me.update(me.instance().withWeight(9));
    ready.complete(null);
    awaitState(me, ACTIVE);
    assertThat(registry.discover(service).get(0).weight()).isEqualTo(9);
  }

  @Test
  void watchersMoveAwayBeforeTheInstanceIsGone() {
    Registration me = active(another(), instance(1));
    Replay replay = replay(registry);
    AtomicInteger seenBeforeAcceptingEnded = new AtomicInteger();
    Watch watch = loaded(registry);
    Thread drainer = new Thread(() -> me.drain(Duration.ofMinutes(5)));
    drainer.start();
    awaitState(me, DRAINING);
    awaitUp(watch); // watchers send nothing new any more, and it still answers
    seenBeforeAcceptingEnded.set(watch.snapshot().instances().size());
    me.close();
    awaitChanges(replay, ADDED, CHANGED, REMOVED);
    assertThat(seenBeforeAcceptingEnded).hasValue(1);
    assertThat(replay.changes.get(1).instance().status()).isEqualTo(InstanceStatus.DRAINING);
  }
}

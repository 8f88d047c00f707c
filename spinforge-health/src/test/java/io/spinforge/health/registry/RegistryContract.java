package io.spinforge.health.registry;

import static io.spinforge.health.registry.RegistrationState.ACTIVE;
import static io.spinforge.health.registry.RegistrationState.CLOSED;
import static io.spinforge.health.registry.RegistrationState.DRAINING;
import static io.spinforge.health.registry.RegistrationState.FENCED;
import static io.spinforge.health.registry.RegistrationState.PENDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every registry does, whatever its store. Heartbeats are a second here or less. */
abstract class RegistryContract extends ExpiryContract {

  @Test
  void registeredInstanceIsDiscovered() {
    active(registry, instance(1));
    assertThat(another().discover(service)).containsExactly(instance(1));
  }

  @Test
  void discoverOfAnUnknownServiceIsEmpty() {
    active(registry, instance(1)); // the store answers
    assertThat(registry.discover(service + "-unknown")).isEmpty();
  }

  @Test
  void everyPropertySurvivesTheStore() {
    ServiceInstance given =
        ServiceInstance.of(service, "::1", 8443)
            .id("node@7:[a]")
            .scheme("https")
            .zone("eu-1")
            .weight(7)
            .metadata(Map.of("a b&=%", "ü { } \n 漢", "empty", ""))
            .build();
    active(registry, given);
    ServiceInstance read = another().discover(service).get(0);
    assertThat(read.sameAs(given)).isTrue();
    assertThat(read.uri()).hasToString("https://[::1]:8443");
    assertThat(read.zone()).isEqualTo("eu-1");
    assertThat(read.weight()).isEqualTo(7);
    assertThat(read.metadata()).isEqualTo(given.metadata());
    assertThat(read.status()).isEqualTo(InstanceStatus.UP);
  }

  @Test
  void watchTellsAnEmptyServiceOnce() {
    List<List<ServiceInstance>> told = new CopyOnWriteArrayList<>();
    Watch watch = registry.watch(service, told::add);
    soon().until(() -> !told.isEmpty());
    assertThat(told).containsExactly(List.of());
    assertThat(watch.snapshot().loaded()).isTrue();
  }

  @Test
  void watchTellsWhatWasThereBefore() {
    active(another(), instance(1));
    List<List<ServiceInstance>> told = new CopyOnWriteArrayList<>();
    registry.watch(service, told::add);
    soon().until(() -> !told.isEmpty());
    assertThat(told.get(0)).containsExactly(instance(1));
  }

  @Test
  void watchSeesOthersComeAndGoSortedById() {
    Watch watch = loaded(registry);
    ServiceRegistry other = another();
    Registration second = active(other, instance(2));
    awaitUp(watch, instance(2));
    active(other, instance(1));
    awaitUp(watch, instance(1), instance(2));
    second.close();
    awaitUp(watch, instance(1));
    assertThat(second.state()).isEqualTo(CLOSED);
  }

  @Test
  void secondWatchGetsTheListAtOnceAndClosedOneNoMore() {
    AtomicInteger calls = new AtomicInteger();
    Watch first = registry.watch(service, list -> calls.incrementAndGet());
    soon().until(() -> calls.get() == 1);
    Watch second = loaded(registry);
    first.close();
    first.close();
    active(registry, instance(1));
    awaitUp(second, instance(1));
    assertThat(calls).hasValue(1);
  }

  @Test
  void discoverOfAWatchedServiceIsAnsweredFromMemory() {
    Watch watch = loaded(registry);
    active(another(), instance(1));
    awaitUp(watch, instance(1));
    long syncs = registry.stats().syncs();
    List<ServiceInstance> one = registry.discover(service);
    assertThat(registry.discover(service).get(0)).isSameAs(one.get(0));
    assertThat(registry.stats().syncs() - syncs).isLessThanOrEqualTo(1); // a reconcile at most
  }

  @Test
  void unchangedInstanceStaysTheSameObjectAcrossSnapshots() {
    Watch watch = loaded(registry);
    active(another(), instance(1));
    awaitUp(watch, instance(1));
    ServiceInstance before = watch.snapshot().up().get(0);
    active(another(), instance(2));
    awaitUp(watch, instance(1), instance(2));
    assertThat(watch.snapshot().up().get(0)).isSameAs(before);
  }

  @Test
  void otherWeightIsToldAndKeepsEquality() {
    List<List<ServiceInstance>> told = new CopyOnWriteArrayList<>();
    Registration me = active(another(), instance(1));
    registry.watch(service, told::add);
    soon().until(() -> told.size() == 1);
    me.update(me.instance().withWeight(5));
    assertThat(me.instance().weight()).isEqualTo(5);
    soon().until(() -> told.size() == 2);
    ServiceInstance changed = told.get(1).get(0);
    assertThat(changed.weight()).isEqualTo(5);
    assertThat(changed).isEqualTo(told.get(0).get(0));
  }

  @Test
  void updateOfAnotherInstanceIsRefused() {
    Registration me = active(registry, instance(1));
    assertThatThrownBy(() -> me.update(instance(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: service and id of");
  }

  @Test
  void closedRegistrationRefusesUpdates() {
    Registration me = active(registry, instance(1));
    me.close();
    assertThatThrownBy(() -> me.update(instance(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("CLOSED");
    assertThat(me.drain(Duration.ofSeconds(30))).isFalse();
  }

  @Test
  void drainingInstanceLeavesTheListAndStaysInTheSnapshot() {
    Watch watch = loaded(registry);
    Registration me = active(another(), instance(1));
    active(another(), instance(2));
    awaitUp(watch, instance(1), instance(2));
    me.drain(Duration.ZERO);
    awaitUp(watch, instance(2));
    awaitState(me, DRAINING);
    assertThat(watch.snapshot().instances()).hasSize(2);
    assertThat(watch.snapshot().instances().get(0).status()).isEqualTo(InstanceStatus.DRAINING);
    assertThat(registry.discover(service)).containsExactly(instance(2));
  }

  @Test
  void drainTellsThatTheStoreKnows() {
    Registration me = active(registry, instance(1));
    assertThat(me.drain(Duration.ofMillis(700))).isTrue();
    assertThat(me.instance().status()).isEqualTo(InstanceStatus.DRAINING);
  }

  @Test
  void drainEndsEarlyWhenTheRegistrationIsClosed() throws Exception {
    Registration me = active(registry, instance(1));
    Thread drainer = new Thread(() -> me.drain(Duration.ofMinutes(5)));
    drainer.start();
    awaitState(me, DRAINING);
    me.close();
    drainer.join(PATIENCE.toMillis());
    assertThat(drainer.isAlive()).isFalse();
  }

  @Test
  void sameInstanceTwiceInOneRegistryIsRefusedUntilClosed() {
    Registration me = active(registry, instance(1));
    assertThatThrownBy(() -> registry.register(instance(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: not registered here yet");
    me.close();
    active(registry, instance(1));
  }

  @Test
  void idOfAnotherOwnerIsPendingUntilItIsFree() {
    ServiceInstance mine = ServiceInstance.of(service, "10.0.0.1", 1).id("a").build();
    ServiceInstance theirs = ServiceInstance.of(service, "10.0.0.2", 2).id("a").build();
    Registration first = active(registry, mine);
    ServiceRegistry other = another();
    Registration second = other.register(theirs);
    soon().until(() -> !other.explain(service).events().isEmpty());
    assertThat(second.state()).isEqualTo(PENDING);
    assertThat(registry.discover(service)).containsExactly(mine);
    first.close();
    awaitState(second, ACTIVE);
    assertThat(registry.discover(service)).containsExactly(theirs);
  }

  @Test
  void pendingRegistrationCanBeClosedAtOnce() {
    ServiceInstance mine = ServiceInstance.of(service, "10.0.0.1", 1).id("a").build();
    active(registry, mine);
    Registration second = another().register(mine);
    second.close();
    assertThat(second.state()).isEqualTo(CLOSED);
    assertThat(registry.discover(service)).containsExactly(mine);
  }

  @Test
  void restartedProcessTakesItsAddressOverAndTheOldOwnerIsFenced() {
    Registration old = active(registry, instance(1));
    Watch watch = loaded(registry);
    Registration fresh = active(another(), instance(1));
    awaitState(old, FENCED);
    old.close();
    assertThat(old.state()).isEqualTo(FENCED);
    assertThat(fresh.state()).isEqualTo(ACTIVE);
    awaitUp(watch, instance(1));
    assertThat(another().discover(service)).containsExactly(instance(1));
    assertThat(registry.stats().fencings()).isEqualTo(1);
  }

  @Test
  void witnessRemovesAnInstanceWhoseOwnerIsSilent() {
    Watch watch = loaded(registry);
    Registration me = active(another(), instance(1));
    awaitUp(watch, instance(1));
    registry.confirmDown(watch.snapshot().up().get(0));
    soon().until(() -> registry.stats().confirmedDown() == 1);
    // Its owner lives after all, so it is back at its next heartbeat.
    awaitState(me, ACTIVE);
    awaitUp(watch, instance(1));
  }

  @Test
  void witnessNeedsNoWatchAndTheRightAddress() {
    ServiceInstance mine = ServiceInstance.of(service, "10.0.0.1", 1).id("a").build();
    active(another(), mine);
    registry.confirmDown(ServiceInstance.of(service, "10.0.0.1", 2).id("a").build());
    registry.confirmDown(mine);
    soon().until(() -> registry.stats().confirmedDown() == 1);
  }

  @Test
  void listenerThatThrowsIsCalledAgain() {
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    registry.watch(
        service,
        list -> {
          sizes.add(list.size());
          throw new IllegalStateException("thrown on purpose");
        });
    soon().until(() -> sizes.contains(0));
    active(registry, instance(1));
    soon().until(() -> sizes.contains(1));
    soon().until(() -> registry.stats().listenerFailures() >= 2);
  }

  @Test
  void listenerThatBlocksCostsNoLeaseAndGetsTheLatestListOnly() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    Watch watch =
        registry.watch(
            service,
            list -> {
              sizes.add(list.size());
              entered.countDown();
              try {
                release.await(60, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
    Registration me = active(registry, instance(1));
    active(another(), instance(2));
    active(another(), instance(3));
    awaitUp(watch, instance(1), instance(2), instance(3));
    long beats = registry.stats().heartbeats();
    soon().until(() -> registry.stats().heartbeats() > beats);
    release.countDown();
    soon().until(() -> sizes.contains(3));
    assertThat(sizes).containsExactly(0, 3);
    assertThat(me.state()).isEqualTo(ACTIVE);
  }

  @Test
  void listenerMayCallTheRegistry() {
    List<Watch> inner = new CopyOnWriteArrayList<>();
    registry.watch(
        service,
        list -> {
          if (inner.isEmpty()) {
            registry.register(instance(1));
            inner.add(registry.watch(service, again -> {}));
            registry.discover(service);
          }
        });
    soon().until(() -> !inner.isEmpty());
    awaitUp(inner.get(0), instance(1));
  }

  @Test
  void sixHundredInstancesAreAllThere() {
    Watch watch = loaded(registry);
    ServiceRegistry owner = another();
    for (int i = 1; i <= 600; i++) {
      owner.register(instance(i));
    }
    soon().until(() -> owner.stats().active() == 600);
    soon().until(() -> watch.snapshot().up().size() == 600);
    List<ServiceInstance> discovered = another().discover(service);
    assertThat(discovered).hasSize(600).isEqualTo(watch.snapshot().up());
  }

  @Test
  void closingTheRegistryDeregistersEverything() {
    ServiceRegistry other = another();
    Registration first = active(other, instance(1));
    Registration second = active(other, instance(2));
    Watch watch = loaded(registry);
    other.close();
    other.close();
    awaitUp(watch);
    assertThat(first.state()).isEqualTo(CLOSED);
    assertThat(second.state()).isEqualTo(CLOSED);
  }

  @Test
  void closedRegistryRefusesWork() {
    ServiceRegistry other = another();
    other.close();
    assertThatThrownBy(() -> other.register(instance(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("registry: closed (expected: open)");
    assertThatThrownBy(() -> other.watch(service, list -> {}))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> other.discover(service)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> other.confirmDown(instance(1)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(other.stats().active()).isZero();
    assertThat(other.explain(service).up()).isZero();
  }

  @Test
  void badServiceNamesAreRefused() {
    for (String bad : List.of("", "a{b}", "a:b", "-a", "a b", "ü", "a".repeat(129))) {
      assertThatThrownBy(() -> registry.watch(bad, list -> {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("service: " + bad + " (expected: ");
      assertThatThrownBy(() -> registry.discover(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void statsAndExplanationTellWhatIsThere() {
    Watch watch = loaded(registry);
    Registration me = active(registry, instance(1));
    active(registry, instance(2));
    awaitUp(watch, instance(1), instance(2));
    me.drain(Duration.ZERO);
    awaitUp(watch, instance(2));
    RegistryStats stats = registry.stats();
    assertThat(stats.active()).isEqualTo(2);
    assertThat(stats.watches()).isEqualTo(1);
    assertThat(stats.watchedServices()).isEqualTo(1);
    assertThat(stats.watchedInstances()).isEqualTo(2);
    assertThat(stats.protectedServices()).isZero();
    ServiceExplanation explanation = registry.explain(service);
    assertThat(explanation.up()).isEqualTo(1);
    assertThat(explanation.draining()).isEqualTo(1);
    assertThat(explanation.toString())
        .contains(service + " (watched)")
        .contains("1 up, 1 draining, 0 carried over")
        .contains("registered: 10.0.0.7:1");
  }

  @Test
  void snapshotsTellGenerationAndRevision() {
    List<ServiceSnapshot> told = new CopyOnWriteArrayList<>();
    registry.watchSnapshots(service, told::add);
    soon().until(() -> !told.isEmpty());
    active(another(), instance(1));
    soon().until(() -> told.get(told.size() - 1).instances().size() == 1);
    ServiceSnapshot last = told.get(told.size() - 1);
    assertThat(last.generation()).isNotEmpty();
    assertThat(last.revision()).isEqualTo(1);
    assertThat(last.protection()).isEqualTo(Protection.NONE);
  }
}

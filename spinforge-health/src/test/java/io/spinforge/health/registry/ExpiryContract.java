package io.spinforge.health.registry;

import static io.spinforge.health.registry.InstanceStatus.SUSPECT;
import static io.spinforge.health.registry.InstanceStatus.UP;
import static io.spinforge.health.registry.Protection.MASS_EXPIRY;
import static io.spinforge.health.registry.RegistrationState.ACTIVE;
import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.health.registry.store.Answer;
import io.spinforge.health.registry.store.Claim;
import io.spinforge.health.registry.store.Lease;
import io.spinforge.health.registry.store.LeaseStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many leases may end at once. The silent owners here have a lease of less than a second. */
abstract class ExpiryContract extends ChangesContract {
  private static final long BRIEF = 500;

  private LeaseStore silentStore;

  @BeforeEach
  void forgetTheStoreOfTheLastTest() {
    silentStore = null;
  }

  private ServiceInstance silentInstance(int number) {
    return ServiceInstance.of(service, "10.0.1.1", number).id("silent-" + number).build();
  }

  private Answer enter(int number, char status) throws Exception {
    ServiceInstance instance = silentInstance(number);
    Claim claim = new Claim(instance.id(), "n", status, instance.encoded(), BRIEF, true);
    return silentStore.register(service, claim).get(20, TimeUnit.SECONDS);
  }

  /** Registers instances, nobody renews them. */
  private List<ServiceInstance> silent(int count) throws Exception {
    silentStore = silentStore == null ? store() : silentStore;
    List<ServiceInstance> all = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      assertThat(enter(i, 'U').outcome()).isEqualTo(Answer.Outcome.WRITTEN);
      all.add(silentInstance(i));
    }
    return all;
  }

  private void live(int count) {
    ServiceRegistry owner = another();
    List<Registration> all = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      all.add(owner.register(instance(i)));
    }
    all.forEach(one -> awaitState(one, ACTIVE));
  }

  private static long suspects(Watch watch) {
    return watch.snapshot().instances().stream().filter(i -> i.status() == SUSPECT).count();
  }

  private static void awaitSuspects(Watch watch, int count) {
    soon().until(() -> suspects(watch) == count);
  }

  private void awaitCalm(Watch watch, int size) {
    soon()
        .until(
            () ->
                watch.snapshot().protection() == Protection.NONE
                    && watch.snapshot().instances().size() == size
                    && suspects(watch) == 0);
  }

  @Test
  void sixtyPercentThatFallSilentTogetherStayAsSuspects() throws Exception {
    List<Integer> sizes = new ArrayList<>();
    live(4);
    silent(6);
    Watch watch = registry.watch(service, list -> sizes.add(list.size()));
    awaitSuspects(watch, 6);
    assertThat(watch.snapshot().up()).hasSize(10);
    assertThat(watch.snapshot().protection()).isEqualTo(MASS_EXPIRY);
    assertThat(registry.stats().protectedServices()).isEqualTo(1);
    assertThat(sizes).doesNotContain(9, 8, 7, 6, 5, 4);
  }

  @Test
  void explanationShowsTheArithmetic() throws Exception {
    live(4);
    silent(6);
    Watch watch = loaded(registry);
    awaitSuspects(watch, 6);
    soon().until(() -> registry.explain(service).budget().protectedFor().toMillis() > 0);
    ServiceExplanation explanation = registry.explain(service);
    assertThat(explanation.suspect()).isEqualTo(6);
    assertThat(explanation.up()).isEqualTo(4);
    assertThat(explanation.budget().silent()).isEqualTo(6);
    assertThat(explanation.toString())
        .contains("4 up, 0 draining, 6 suspect")
        .contains("protection: MASS_EXPIRY")
        .contains("4 of 10 renew, 6 silent, 1 allowed; protected for PT");
  }

  @Test
  void suspectsWhoseOwnersReturnAreUpAgainAndTheProtectionEndsByItself() throws Exception {
    live(4);
    List<ServiceInstance> silent = silent(6);
    Watch watch = loaded(registry);
    awaitSuspects(watch, 6);
    List<Lease> leases = silent.stream().map(i -> new Lease(i.id(), "n")).toList();
    silentStore.beat(service, 60_000, leases).get(20, TimeUnit.SECONDS);
    awaitCalm(watch, 10);
    assertThat(watch.snapshot().up()).allMatch(i -> i.status() == UP);
  }

  @Test
  void protectionEndsWhenEnoughRenewAndTheRestIsRemoved() throws Exception {
    live(4);
    List<ServiceInstance> silent = silent(6);
    Watch watch = loaded(registry);
    awaitSuspects(watch, 6);
    List<Lease> five = silent.stream().limit(5).map(i -> new Lease(i.id(), "n")).toList();
    silentStore.beat(service, 60_000, five).get(20, TimeUnit.SECONDS);
    awaitCalm(watch, 9);
    assertThat(watch.snapshot().up()).doesNotContain(silent.get(5));
  }

  @Test
  void silentInstanceWithinTheBudgetIsRemoved() throws Exception {
    live(9);
    silent(1);
    Watch watch = loaded(registry);
    awaitCalm(watch, 9);
  }

  @Test
  void fewerThanFiveAreNotProtected() throws Exception {
    live(1);
    silent(3);
    Watch watch = loaded(registry);
    awaitCalm(watch, 1);
  }

  @Test
  void secondWitnessRemovesSuspectsAtOnceAndTheirExpectationGoesWithThem() throws Exception {
    live(4);
    List<ServiceInstance> silent = silent(6);
    Watch watch = loaded(registry);
    awaitSuspects(watch, 6);
    silent.forEach(registry::confirmDown);
    awaitCalm(watch, 4);
    soon().until(() -> registry.explain(service).budget().expected() == 4);
  }

  @Test
  void cleanDeregistrationLowersTheExpectation() throws Exception {
    live(4);
    List<ServiceInstance> silent = silent(6);
    Watch watch = loaded(registry);
    awaitSuspects(watch, 6);
    for (ServiceInstance leaving : silent.subList(0, 5)) {
      silentStore.remove(service, new Lease(leaving.id(), "n")).get(20, TimeUnit.SECONDS);
    }
    awaitCalm(watch, 4); // one silent of five expected is within the budget
  }

  @Test
  void allWatchersSeeTheSameSuspects() throws Exception {
    live(3);
    silent(4);
    Watch one = loaded(registry);
    Watch other = loaded(another());
    awaitSuspects(one, 4);
    soon()
        .untilAsserted(
            () -> {
              assertThat(other.snapshot().revision()).isEqualTo(one.snapshot().revision());
              assertThat(ListWatch.same(other.snapshot().instances(), one.snapshot().instances()))
                  .isTrue();
            });
  }

  @Test
  void silentInstanceThatWasDrainingStaysOutOfTheList() throws Exception {
    live(3);
    silent(4);
    enter(9, 'D');
    Watch watch = loaded(registry);
    awaitSuspects(watch, 4);
    assertThat(watch.snapshot().up()).doesNotContain(silentInstance(9));
  }

  @Test
  void idOfASuspectIsFreeForAnotherOwner() throws Exception {
    live(3);
    List<ServiceInstance> silent = silent(4);
    Watch watch = loaded(registry);
    awaitSuspects(watch, 4);
    active(registry, silent.get(0));
    awaitSuspects(watch, 3);
  }

  @Test
  void suspectTakenFromAListCanBeRegisteredAndIsUp() throws Exception {
    live(3);
    silent(4);
    Watch watch = loaded(registry);
    awaitSuspects(watch, 4);
    ServiceInstance suspect =
        watch.snapshot().up().stream().filter(i -> i.status() == SUSPECT).findFirst().orElseThrow();
    assertThat(active(registry, suspect).instance().status()).isEqualTo(UP);
  }

  @Test
  void discoverWithoutAWatchReturnsSuspectsToo() throws Exception {
    live(3);
    List<ServiceInstance> silent = silent(4);
    Watch watch = loaded(another());
    awaitSuspects(watch, 4);
    assertThat(registry.discover(service)).hasSize(7).containsAll(silent);
  }
}

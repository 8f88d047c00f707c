package io.spinforge.health.registry;

import static io.spinforge.health.registry.RegistrationState.ACTIVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.with;

import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.LeaseStore;
import io.spinforge.health.registry.store.StoreListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the parts of the contract share: a registry, and more on the same store. */
abstract class ContractBase {
  private static final AtomicInteger names = new AtomicInteger();
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final List<AutoCloseable> opened = new ArrayList<>();
  String service;
  ServiceRegistry registry;

  /** Opens one more registry on the same store. */
  abstract ServiceRegistry open();

  /** Opens that store itself, to play owners who say nothing any more. */
  abstract LeaseStore openStore();

  final LeaseStore store() {
    LeaseStore store = openStore();
    opened.add(store);
    store.start(new SilentListener());
    return store;
  }

  private static final class SilentListener implements StoreListener {
    @Override
    public void changed(Hint hint) {}

    @Override
    public void reborn(String service) {}

    @Override
    public void following(String service) {}

    @Override
    public void connected() {}
  }

  final ServiceRegistry another() {
    ServiceRegistry another = open();
    opened.add(another);
    return another;
  }

  @BeforeEach
  void openOne() {
    service = "svc-" + names.incrementAndGet();
    registry = another();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
    opened.clear();
  }

  static ConditionFactory soon() {
    return with()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .await()
        .atMost(PATIENCE);
  }

  final ServiceInstance instance(int port) {
    return ServiceInstance.of(service, "10.0.0.7", port).build();
  }

  static void awaitState(Registration registration, RegistrationState state) {
    soon().until(registration::state, state::equals);
  }

  static Registration active(ServiceRegistry on, ServiceInstance instance) {
    Registration registration = on.register(instance);
    awaitState(registration, ACTIVE);
    return registration;
  }

  static void awaitUp(Watch watch, ServiceInstance... instances) {
    soon().untilAsserted(() -> assertThat(watch.snapshot().up()).containsExactly(instances));
  }

  final Watch loaded(ServiceRegistry on) {
    Watch watch = on.watch(service, list -> {});
    soon().until(() -> watch.snapshot().loaded());
    return watch;
  }
}

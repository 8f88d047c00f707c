package io.spinforge.health.registry;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Which instances of a service exist. One contract for the registry in memory and the one in Redis
 * ({@link RedisServiceRegistry}). Thread-safe.
 *
 * <p>Names of services are 1 to 128 letters, digits, {@code .}, {@code _} or {@code -}, and begin
 * with a letter or a digit. After {@link #close()} every method but {@code close}, {@code stats}
 * and {@code explain} throws {@link IllegalStateException}.
 */
public interface ServiceRegistry extends AutoCloseable {

  /** Returns a registry that lives in this JVM alone. */
  static ServiceRegistry inMemory() {
    return InMemory.create();
  }

  /**
   * Enters an instance and renews its lease until the registration is closed. Returns at once, in
   * state {@link RegistrationState#PENDING}; a store that is away is tried again, never thrown.
   *
   * <p>An id that another owner holds stays pending until that lease ends, with two exceptions: the
   * registry was built to take over, or the id is the default one, which is the address; nobody
   * else can listen there any more.
   *
   * @throws IllegalArgumentException if this registry already has a registration of that service
   *     and id, or if the encoded instance is larger than 4 KB
   */
  Registration register(ServiceInstance instance);

  /**
   * Enters an instance when the stage completes, for example when its own health check has passed
   * for the first time; {@link RegistrationState#PENDING} until then. If the stage fails, the
   * registration closes. Else as {@link #register(ServiceInstance)}.
   */
  Registration registerWhen(ServiceInstance instance, CompletionStage<?> ready);

  /**
   * Calls the listener with the instances that take new work, sorted by id: once when they are
   * first known, then after every change. Instances that drain are left out, suspects are not, so
   * that the list can be handed to a health checker or a balancer as it is.
   *
   * <p>The listener is called one call at a time, with the latest list only, on the registry's
   * listener executor. While the store is away, or refills after it lost its data, the last list
   * stands.
   */
  Watch watch(String service, Consumer<? super List<ServiceInstance>> listener);

  /** Calls the listener with everything known of the service, whenever any of it changes. */
  Watch watchSnapshots(String service, Consumer<? super ServiceSnapshot> listener);

  /**
   * Calls the listener with what changed, instance by instance: first with all instances as added,
   * then with what led from the snapshot it was told last to the latest. No change is missed; a
   * listener that is slow is told the sum of several.
   */
  Watch watchChanges(String service, Consumer<? super ServiceChanges> listener);

  /**
   * Returns the names of the services that have instances, sorted. Blocks for one round trip, at
   * most the registry's timeout. A service appears with its first instance, and is gone at most
   * eight TTLs after its last. If the store does not answer, the last answer is returned.
   *
   * @throws RegistryUnavailableException if the store does not answer and never did
   */
  List<String> services();

  /**
   * Returns the instances that take new work, sorted by id: from memory while a watch of this
   * service is loaded, else from the store, in one round trip up to 500 instances. Blocks for that
   * trip, at most the registry's timeout; not for use on an event loop. If the store does not
   * answer, the list of the last call is returned.
   *
   * @throws RegistryUnavailableException if the store does not answer and there was no such call
   */
  List<ServiceInstance> discover(String service);

  /**
   * Says as a second witness that nothing answers at this instance's address, for example because
   * it refused a connection: its entry is removed although its lease still runs. If its owner lives
   * after all, its next heartbeat registers it again. Returns at once.
   */
  void confirmDown(ServiceInstance instance);

  /** Tells why the list of a service is what it is. */
  ServiceExplanation explain(String service);

  /** Returns counters and gauges, without asking the store. */
  RegistryStats stats();

  /**
   * Returns the gauges of each service that is watched or registered here, by its name, without
   * asking the store. An immutable copy; O(services and their registrations).
   */
  Map<String, ServiceStats> serviceStats();

  /**
   * Deregisters everything registered here, ends the watches and the thread. Waits for the store at
   * most the registry's timeout. Idempotent.
   */
  @Override
  void close();
}

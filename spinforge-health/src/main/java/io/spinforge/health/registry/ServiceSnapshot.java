package io.spinforge.health.registry;

import java.util.List;
import java.util.Objects;

/**
 * All instances of a service at one moment, the draining ones included. Immutable.
 *
 * @param service name of the service
 * @param loaded false until the store has answered for the first time
 * @param generation the life of the store's data that this list comes from; empty if there is none
 * @param revision number of the last change in that generation
 * @param instances sorted by id
 * @param protection why the list may be older than the store's
 */
public record ServiceSnapshot(
    String service,
    boolean loaded,
    String generation,
    long revision,
    List<ServiceInstance> instances,
    Protection protection) {

  /** Copies the list. */
  public ServiceSnapshot {
    Objects.requireNonNull(service, "service");
    Objects.requireNonNull(generation, "generation");
    Objects.requireNonNull(protection, "protection");
    instances = List.copyOf(instances);
  }

  /** Returns the instances that take new work, the suspects included, sorted by id. */
  public List<ServiceInstance> up() {
    return instances.stream().filter(i -> i.status() != InstanceStatus.DRAINING).toList();
  }
}

package io.spinforge.health.registry;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;

/** Counts what is there now. */
record Gauges(
    Map<RegistrationState, Integer> states,
    int watches,
    int services,
    int instances,
    int shielded,
    int unreachable) {

  static Gauges of(Collection<Hub> hubs) {
    Map<RegistrationState, Integer> states = new EnumMap<>(RegistrationState.class);
    int watches = 0;
    int services = 0;
    int instances = 0;
    int shielded = 0;
    int unreachable = 0;
    for (Hub hub : hubs) {
      for (Held held : hub.registrations()) {
        states.merge(held.state(), 1, Integer::sum);
      }
      watches += hub.follower().watches();
      unreachable += hub.down() ? 1 : 0;
      Follower.View view = hub.follower().view();
      if (view != null) {
        services++;
        instances += view.snapshot().instances().size();
        shielded += view.snapshot().protection() == Protection.NONE ? 0 : 1;
      }
    }
    return new Gauges(states, watches, services, instances, shielded, unreachable);
  }

  private int in(RegistrationState state) {
    return states.getOrDefault(state, 0);
  }

  RegistryStats with(Counters counters) {
    return new RegistryStats(
        in(RegistrationState.PENDING),
        in(RegistrationState.ACTIVE) + in(RegistrationState.DRAINING),
        in(RegistrationState.UNCERTAIN),
        in(RegistrationState.FENCED),
        watches,
        services,
        instances,
        shielded,
        unreachable,
        counters.heartbeats.sum(),
        counters.storeFailures.sum(),
        counters.reregistrations.sum(),
        counters.fencings.sum(),
        counters.hints.sum(),
        counters.syncs.sum(),
        counters.snapshots.sum(),
        counters.storeLosses.sum(),
        counters.confirmedDown.sum(),
        counters.unreadable.sum(),
        counters.listenerFailures.sum());
  }
}

package io.spinforge.benchmarks.registry;

import io.spinforge.health.registry.InstanceChange;
import io.spinforge.health.registry.Protection;
import io.spinforge.health.registry.Registration;
import io.spinforge.health.registry.RegistrationState;
import io.spinforge.health.registry.ServiceChanges;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.health.registry.ServiceSnapshot;
import io.spinforge.health.registry.SimulatedRegistry;
import io.spinforge.health.registry.SimulatedTime;
import io.spinforge.health.registry.Watch;
import io.spinforge.health.registry.store.Sync;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Random operations of many registries on one store in virtual time, over networks that lose, delay
 * and reorder, on a store that is flushed, rolled back and trimmed; the production engine runs. In
 * every quiet spell: one reconcile later each watcher has what the store has, and a while later all
 * open registrations stand there and nothing is protected any more.
 *
 * <p>{@code Convergence [operations] [seed]}.
 */
public final class Convergence {
  private static final String SERVICE = "checkout";
  private static final int NODES = 6;
  private static final int OPERATIONS_A_SPELL = 400;

  private final SplittableRandom random;
  private final SimulatedTime time = new SimulatedTime();
  private final SimulatedStore store;
  private final List<Node> nodes = new ArrayList<>();
  private int names;
  private long checks;

  private Convergence(long seed) {
    random = new SplittableRandom(seed);
    store = new SimulatedStore(time, random.split());
    for (int i = 0; i < NODES; i++) {
      nodes.add(new Node("node-" + i));
    }
  }

  /** Runs so many operations and returns how often a watcher was compared with the store. */
  public static long run(long operations, long seed) {
    Convergence run = new Convergence(seed);
    for (long i = 0; i < operations; i++) {
      run.step();
      if ((i + 1) % OPERATIONS_A_SPELL == 0) {
        run.quietSpell("seed " + seed + " after " + (i + 1) + " operations");
      }
    }
    return run.checks;
  }

  /** Runs the simulation and prints what it saw; throws at the first watcher that is wrong. */
  public static void main(String[] args) {
    long operations = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
    long begun = System.nanoTime();
    long checks = run(operations, seed);
    Lab.print(
        "seed %d: %,d operations, %,d comparisons of a watcher with the store, all equal (%d s)",
        seed, operations, checks, (System.nanoTime() - begun) / 1_000_000_000);
  }

  /** A process with a registry, a watch, and what its watch of changes adds up to. */
  private final class Node {
    final SimulatedStore.Network network = store.network();
    final ServiceRegistry registry;
    final Watch watch;
    final List<Registration> open = new ArrayList<>();
    final Map<String, ServiceInstance> replayed = new TreeMap<>();

    Node(String name) {
      registry = SimulatedRegistry.open(name, network, time, random);
      watch = registry.watchSnapshots(SERVICE, snapshot -> {});
      registry.watchChanges(SERVICE, this::replay);
    }

    private void replay(ServiceChanges told) {
      for (InstanceChange change : told.changes()) {
        if (change.kind() == InstanceChange.Kind.REMOVED) {
          replayed.remove(change.instance().id());
        } else {
          replayed.put(change.instance().id(), change.instance());
        }
      }
      if (!List.copyOf(replayed.values()).equals(told.snapshot().instances())) {
        throw new IllegalStateException("changes do not add up to " + told.snapshot());
      }
    }
  }

  private void step() {
    Node node = nodes.get(random.nextInt(NODES));
    int dice = random.nextInt(1000);
    if (dice < 150 && node.open.size() < 12) {
      ServiceInstance fresh = ServiceInstance.of(SERVICE, "10.0.0.1", 8080).id(name()).build();
      node.open.add(node.registry.register(fresh));
    } else if (dice < 400 && !node.open.isEmpty()) {
      Registration one = pick(node);
      one.update(one.instance().withWeight(random.nextInt(100)));
    } else if (dice < 430 && !node.open.isEmpty()) {
      pick(node).drain(Duration.ZERO);
    } else if (dice < 520 && !node.open.isEmpty()) {
      Registration one = pick(node);
      node.open.remove(one);
      one.close();
    } else if (dice < 540) {
      List<ServiceInstance> seen = node.watch.snapshot().instances();
      if (!seen.isEmpty()) {
        node.registry.confirmDown(seen.get(random.nextInt(seen.size())));
      }
    } else if (dice < 560) {
      node.network.cut = true;
    } else if (dice < 600) {
      node.network.reconnect();
    } else if (dice < 605) {
      replace(nodes.indexOf(node));
    } else if (dice < 610) {
      store.flush();
    } else if (dice < 620) {
      store.replicate();
    } else if (dice < 625) {
      store.rollback();
    } else if (dice < 635) {
      store.trim(SERVICE, random.nextInt(4));
    } else if (dice < 640) {
      store.away = !store.away;
    } else {
      time.advance(Duration.ofMillis(dice < 990 ? random.nextInt(500) : random.nextInt(60_000)));
    }
  }

  private String name() {
    return "i" + names++;
  }

  private Registration pick(Node node) {
    node.open.removeIf(one -> one.state() == RegistrationState.FENCED);
    if (node.open.isEmpty()) {
      node.open.add(
          node.registry.register(ServiceInstance.of(SERVICE, "10.0.0.1", 8080).id(name()).build()));
    }
    return node.open.get(random.nextInt(node.open.size()));
  }

  /** Kills a process, so that nobody tells the store, and starts another. */
  private void replace(int index) {
    Node dead = nodes.get(index);
    dead.network.cut = true;
    dead.registry.close();
    nodes.set(index, new Node("node-" + names));
  }

  private void quietSpell(String when) {
    store.quiet = true;
    store.away = false;
    nodes.forEach(node -> node.network.reconnect());
    // What was under way may take 3 s to arrive or to be given up, a pause between attempts 2 s.
    time.advance(Duration.ofSeconds(5));
    time.advance(SimulatedRegistry.RECONCILE.multipliedBy(6).dividedBy(5));
    for (Node node : nodes) {
      compare(node, when, false);
    }
    // Owners come back at their heartbeats; the dead and what was lost are gone after two leases,
    // suspects after twenty.
    time.advance(SimulatedRegistry.TTL.multipliedBy(22));
    for (Node node : nodes) {
      compare(node, when + ", a while later", true);
      for (Registration one : node.open) {
        boolean there = store.contents(SERVICE).changes().stream().anyMatch(holds(one));
        if (one.state() != RegistrationState.FENCED && !there) {
          throw new IllegalStateException(when + ": " + one + " does not stand in the store");
        }
      }
    }
    store.quiet = false;
  }

  private static java.util.function.Predicate<io.spinforge.health.registry.store.Change> holds(
      Registration one) {
    return change -> change.id().equals(one.instance().id());
  }

  private void compare(Node node, String when, boolean calm) {
    checks++;
    ServiceSnapshot snapshot = node.watch.snapshot();
    Sync truth = store.contents(SERVICE);
    Map<String, String> wanted = SimulatedRegistry.contents(truth);
    Map<String, String> seen = SimulatedRegistry.contents(snapshot);
    boolean refilling = snapshot.protection() == Protection.REFILLING && !calm;
    if (refilling) {
      seen.keySet().retainAll(wanted.keySet()); // others are carried on
    }
    boolean none = calm && snapshot.protection() != Protection.NONE;
    if (!seen.equals(wanted) || snapshot.revision() != truth.revision() || none) {
      throw new IllegalStateException(
          when + ": " + node.registry + " sees " + snapshot + ", the store has " + wanted);
    }
  }
}

package io.spinforge.health.registry;

import static java.util.Objects.requireNonNull;

import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import io.spinforge.health.registry.redis.RedisLeaseStore;
import io.spinforge.health.registry.store.LeaseStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A registry in Redis, standalone, behind Sentinel or in a Cluster; 6.2 or newer. It opens two
 * connections of the host's client, one for commands and one for hints, and never closes the client
 * itself. Thread-safe.
 *
 * <p>Redis may be away when the registry is built, and at any time after: nothing is thrown,
 * registrations wait and watchers keep the last list. Redis' own clock decides when a lease ends.
 */
public final class RedisServiceRegistry implements ServiceRegistry {
  private final Engine engine;

  private RedisServiceRegistry(Engine engine) {
    this.engine = engine;
  }

  /** Begins a registry on a client of the host: standalone, or behind Sentinel. */
  public static Builder builder(RedisClient client) {
    requireNonNull(client, "client");
    return new Builder((prefix, name) -> RedisLeaseStore.of(client, prefix, name));
  }

  /** Begins a registry on a Cluster client of the host. */
  public static Builder builder(RedisClusterClient client) {
    requireNonNull(client, "client");
    return new Builder((prefix, name) -> RedisLeaseStore.of(client, prefix, name));
  }

  @Override
  public Registration register(ServiceInstance instance) {
    return engine.register(instance);
  }

  @Override
  public Registration registerWhen(ServiceInstance instance, CompletionStage<?> ready) {
    return engine.registerWhen(instance, ready);
  }

  @Override
  public Watch watch(String service, Consumer<? super List<ServiceInstance>> listener) {
    return engine.watch(service, listener);
  }

  @Override
  public Watch watchSnapshots(String service, Consumer<? super ServiceSnapshot> listener) {
    return engine.watchSnapshots(service, listener);
  }

  @Override
  public Watch watchChanges(String service, Consumer<? super ServiceChanges> listener) {
    return engine.watchChanges(service, listener);
  }

  @Override
  public List<String> services() {
    return engine.services();
  }

  @Override
  public List<ServiceInstance> discover(String service) {
    return engine.discover(service);
  }

  @Override
  public void confirmDown(ServiceInstance instance) {
    engine.confirmDown(instance);
  }

  @Override
  public ServiceExplanation explain(String service) {
    return engine.explain(service);
  }

  @Override
  public RegistryStats stats() {
    return engine.stats();
  }

  @Override
  public Map<String, ServiceStats> serviceStats() {
    return engine.serviceStats();
  }

  @Override
  public void close() {
    engine.close();
  }

  @Override
  public String toString() {
    return engine.toString();
  }

  /** Makes the store of a registry. */
  private interface StoreFactory {
    LeaseStore open(String prefix, String name);
  }

  /** Collects the options; each can be set once. Not thread-safe. */
  public static final class Builder {
    private static final Duration SHORTEST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final StoreFactory stores;
    private @Nullable String prefix;
    private @Nullable String name;
    private @Nullable Duration ttl;
    private @Nullable Duration heartbeat;
    private @Nullable Duration reconcile;
    private @Nullable Duration timeout;
    private @Nullable Boolean takeOver;
    private @Nullable Executor executor;
    private @Nullable RegistryListener listener;

    private Builder(StoreFactory stores) {
      this.stores = stores;
    }

    /** Sets what all keys begin with: up to 64 letters, digits or {@code . _ -}; default "sf". */
    public Builder prefix(String prefix) {
      once("prefix", this.prefix);
      this.prefix = check("prefix", prefix);
      return this;
    }

    /** Sets the name in thread names and logs, same letters as the prefix; default "redis". */
    public Builder name(String name) {
      once("name", this.name);
      this.name = check("name", name);
      return this;
    }

    /** Sets how long an entry lives without a heartbeat, 50 ms to 24 h; default 30 s. */
    public Builder ttl(Duration ttl) {
      once("ttl", this.ttl);
      this.ttl = check("ttl", ttl);
      return this;
    }

    /**
     * Sets the longest time between two renewals, 50 ms to 24 h and at most a third of the TTL;
     * default 10 s.
     */
    public Builder heartbeat(Duration heartbeat) {
      once("heartbeat", this.heartbeat);
      this.heartbeat = check("heartbeat", heartbeat);
      return this;
    }

    /**
     * Sets how often a watch asks the store whether it missed a hint, 50 ms to 24 h, give or take a
     * fifth; default 5 s.
     */
    public Builder reconcile(Duration reconcile) {
      once("reconcile", this.reconcile);
      this.reconcile = check("reconcile", reconcile);
      return this;
    }

    /** Sets how long to wait for the store's answer to a command, 50 ms to 24 h; default 2 s. */
    public Builder timeout(Duration timeout) {
      once("timeout", this.timeout);
      this.timeout = check("timeout", timeout);
      return this;
    }

    /**
     * Takes ids over from owners whose lease still runs; they are fenced. By default only ids that
     * were derived from the address are.
     */
    public Builder takeOver() {
      once("takeOver", this.takeOver);
      this.takeOver = true;
      return this;
    }

    /**
     * Sets who calls the listeners; never closed by the registry. Default: one daemon thread, apart
     * from the one that renews the leases, so that a listener that blocks costs no lease.
     */
    public Builder listenerExecutor(Executor executor) {
      once("listenerExecutor", this.executor);
      this.executor = requireNonNull(executor, "listenerExecutor");
      return this;
    }

    /** Sets who hears what happens in the registry. */
    public Builder listener(RegistryListener listener) {
      once("listener", this.listener);
      this.listener = requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Builds the registry and begins to connect.
     *
     * @throws IllegalStateException if the options do not go together; it names all that is wrong
     */
    public RedisServiceRegistry build() {
      Settings settings =
          new Settings(
              name == null ? "redis" : name,
              ttl == null ? Duration.ofSeconds(30) : ttl,
              heartbeat == null ? Duration.ofSeconds(10) : heartbeat,
              reconcile == null ? Duration.ofSeconds(5) : reconcile,
              timeout == null ? Duration.ofSeconds(2) : timeout,
              takeOver != null);
      List<String> wrong = new ArrayList<>();
      if (settings.heartbeat().multipliedBy(3).compareTo(settings.ttl()) > 0) {
        wrong.add(
            "ttl: "
                + settings.ttl()
                + " (expected: >= 3 heartbeats of "
                + settings.heartbeat()
                + "; set both)");
      }
      if (settings.timeout().compareTo(settings.ttl()) > 0) {
        wrong.add("timeout: " + settings.timeout() + " (expected: <= ttl " + settings.ttl() + ")");
      }
      if (!wrong.isEmpty()) {
        throw new IllegalStateException(String.join("; ", wrong));
      }
      String keys = prefix == null ? "sf" : prefix;
      String thread = Engine.threadName(settings) + "-listener";
      return new RedisServiceRegistry(
          Engine.start(
              settings,
              stores.open(keys, settings.name()),
              Listeners.of(executor, listener, thread)));
    }

    private static Duration check(String name, Duration value) {
      requireNonNull(value, name);
      if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            name + ": " + value + " (expected: " + SHORTEST + ".." + LONGEST + ")");
      }
      return value;
    }

    private static String check(String name, String value) {
      requireNonNull(value, name);
      if (!WORD.matcher(value).matches()) {
        throw new IllegalArgumentException(
            name + ": " + value + " (expected: " + WORD.pattern() + ")");
      }
      return value;
    }

    private static void once(String name, @Nullable Object current) {
      if (current != null) {
        throw new IllegalStateException(name + ": set twice (first: " + current + ")");
      }
    }
  }
}

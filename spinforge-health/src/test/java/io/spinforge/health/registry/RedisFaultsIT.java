package io.spinforge.health.registry;

import static io.spinforge.health.registry.RegistrationState.ACTIVE;
import static io.spinforge.health.registry.RegistrationState.FENCED;
import static io.spinforge.health.registry.RegistrationState.PENDING;
import static io.spinforge.health.registry.RegistrationState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.with;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.RedisSentinel;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What happens to owners and watchers when something breaks between them. */
final class RedisFaultsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int FLEET = 6;
  private static final String SERVICE = "checkout";

  private final List<AutoCloseable> opened = new ArrayList<>();
  private RedisServer server;

  @BeforeEach
  void start() {
    server = RedisServer.start();
  }

  @AfterEach
  void stop() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
    server.close();
  }

  // Ways to build

  private RedisClient client(String uri) {
    RedisClient client = RedisClient.create(uri);
    opened.add(() -> client.shutdown(Duration.ZERO, Duration.ofSeconds(2)));
    return client;
  }

  private FaultProxy proxy() {
    FaultProxy proxy = FaultProxy.to(server.port());
    opened.add(proxy);
    return proxy;
  }

  private static String uri(FaultProxy proxy) {
    return "redis://127.0.0.1:" + proxy.port();
  }

  private RedisServiceRegistry registry(RedisClient client, Duration ttl) {
    RedisServiceRegistry registry =
        RedisServiceRegistry.builder(client)
            .ttl(ttl)
            .heartbeat(ttl.dividedBy(5))
            .reconcile(Duration.ofMillis(500))
            .timeout(ttl.compareTo(Duration.ofSeconds(1)) > 0 ? Duration.ofSeconds(1) : ttl)
            .build();
    opened.add(registry);
    return registry;
  }

  private static ConditionFactory soon() {
    return with()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .await()
        .atMost(PATIENCE);
  }

  private static ServiceInstance instance(int port) {
    return ServiceInstance.of(SERVICE, "10.0.0.7", port).id("node-" + port).build();
  }

  private static List<Registration> fleet(ServiceRegistry registry) {
    List<Registration> all =
        IntStream.rangeClosed(1, FLEET).mapToObj(i -> registry.register(instance(i))).toList();
    awaitAll(all, ACTIVE);
    return all;
  }

  private static void awaitAll(Collection<Registration> all, RegistrationState state) {
    soon().until(() -> all.stream().allMatch(r -> r.state() == state));
  }

  /** Watches, and keeps the size of every list that it was told once the fleet was complete. */
  private static final class Watcher {
    final List<Integer> sizes = new CopyOnWriteArrayList<>();
    final List<Protection> protections = new CopyOnWriteArrayList<>();
    final Watch watch;

    Watcher(ServiceRegistry registry) {
      watch =
          registry.watchSnapshots(
              SERVICE,
              snapshot -> {
                int size = snapshot.up().size();
                if (!sizes.isEmpty() || size == FLEET) {
                  sizes.add(size);
                  protections.add(snapshot.protection());
                }
              });
      soon().until(() -> watch.snapshot().up().size() == FLEET);
    }

    void awaitProtection(Protection protection) {
      soon().until(() -> watch.snapshot().protection(), protection::equals);
    }

    /**
     * Waits until everybody stands in data begun anew. These remove nobody for two TTLs more: for
     * how much of that is left when the test looks is up to the machine.
     */
    void awaitRefilledSince(String generation) {
      soon()
          .until(
              watch::snapshot,
              now -> !now.generation().equals(generation) && isFull(now.protection()));
    }

    static boolean isFull(Protection protection) {
      return protection == Protection.GRACE || protection == Protection.NONE;
    }

    void sawNoShorterList() {
      assertThat(sizes).isNotEmpty().allMatch(size -> size == FLEET);
    }
  }

  private RedisCommands<String, String> commands() {
    StatefulRedisConnection<String, String> connection = client(server.uri()).connect();
    return connection.sync();
  }

  private static long calls(RedisCommands<String, String> commands, String command) {
    Matcher matcher =
        Pattern.compile("cmdstat_" + command + ":calls=(\\d+)")
            .matcher(commands.info("commandstats"));
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  // The store loses its data

  @Test
  void flushedEntriesComeBackAndNoWatcherSeesAShorterList() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(10));
    List<Registration> all = fleet(owner);
    Watcher watcher = new Watcher(registry(client(server.uri()), Duration.ofSeconds(10)));
    String generation = watcher.watch.snapshot().generation();
    commands().flushall();
    soon().until(() -> owner.stats().reregistrations() == FLEET);
    awaitAll(all, ACTIVE);
    watcher.awaitRefilledSince(generation);
    watcher.sawNoShorterList();
  }

  @Test
  void restartWithEmptyDataLosesNothing() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(10));
    List<Registration> all = fleet(owner);
    Watcher watcher = new Watcher(registry(client(server.uri()), Duration.ofSeconds(10)));
    String generation = watcher.watch.snapshot().generation();
    server.stop();
    awaitAll(all, UNCERTAIN);
    watcher.awaitProtection(Protection.STORE_AWAY);
    assertThat(owner.stats().uncertain()).isEqualTo(FLEET);
    assertThat(owner.stats().unreachableServices()).isEqualTo(1);
    server.restart();
    awaitAll(all, ACTIVE);
    watcher.awaitRefilledSince(generation);
    watcher.sawNoShorterList();
    assertThat(owner.stats().reregistrations()).isEqualTo(FLEET);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void instanceThatDiedWhileTheStoreWasAwayIsDroppedWhenTheOthersAreBack() {
    Duration ttl = Duration.ofSeconds(3);
    ServiceRegistry dying = registry(client(server.uri()), ttl);
    dying.register(instance(1));
    ServiceRegistry owner = registry(client(server.uri()), ttl);
    IntStream.rangeClosed(2, FLEET).forEach(i -> owner.register(instance(i)));
    Watcher watcher = new Watcher(registry(client(server.uri()), ttl));
    server.stop();
    watcher.awaitProtection(Protection.STORE_AWAY);
    dying.close(); // cannot tell the store
    server.restart();
    watcher.awaitProtection(Protection.REFILLING);
    watcher.awaitProtection(Protection.NONE);
    assertThat(watcher.watch.snapshot().up()).hasSize(FLEET - 1).doesNotContain(instance(1));
    assertThat(watcher.sizes).allMatch(size -> size >= FLEET - 1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void oneKeyDeletedAloneBringsEverythingBack() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(5));
    List<Registration> all = fleet(owner);
    Watcher watcher = new Watcher(registry(client(server.uri()), Duration.ofSeconds(5)));
    RedisCommands<String, String> commands = commands();
    for (String key : List.of("i", "o", "m")) {
      String generation = watcher.watch.snapshot().generation();
      commands.del("sf:{" + SERVICE + "}:" + key);
      long beats = owner.stats().heartbeats();
      soon().until(() -> owner.stats().heartbeats() > beats + 1);
      awaitAll(all, ACTIVE);
      watcher.awaitRefilledSince(generation);
      soon().until(() -> commands.zcard("sf:{" + SERVICE + "}:d") == FLEET);
    }
    watcher.sawNoShorterList();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void deadlinesDeletedAloneAreSetByAHeartbeatOrEverythingComesBack() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(5));
    List<Registration> all = fleet(owner);
    Watcher watcher = new Watcher(registry(client(server.uri()), Duration.ofSeconds(5)));
    RedisCommands<String, String> commands = commands();
    String generation = watcher.watch.snapshot().generation();
    commands.del("sf:{" + SERVICE + "}:d");
    long beats = owner.stats().heartbeats();
    soon().until(() -> owner.stats().heartbeats() > beats + 1);
    awaitAll(all, ACTIVE);
    soon().until(() -> commands.zcard("sf:{" + SERVICE + "}:d") == FLEET);
    // A heartbeat that comes before anybody looks leaves nothing to see.
    soon()
        .until(
            watcher.watch::snapshot,
            now -> {
              boolean same = now.generation().equals(generation);
              return same ? now.protection() == Protection.NONE : Watcher.isFull(now.protection());
            });
    watcher.sawNoShorterList();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void changesDeletedAloneLoseNothingAndLaterOnesAreSeen() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(5));
    List<Registration> all = fleet(owner);
    Watcher watcher = new Watcher(registry(client(server.uri()), Duration.ofSeconds(5)));
    String generation = watcher.watch.snapshot().generation();
    commands().del("sf:{" + SERVICE + "}:x");
    all.get(0).update(instance(1).withWeight(7));
    soon().until(() -> watcher.watch.snapshot().up().get(0).weight() == 7);
    Watcher later = new Watcher(registry(client(server.uri()), Duration.ofSeconds(5)));
    assertThat(later.watch.snapshot().up().get(0).weight()).isEqualTo(7);
    assertThat(watcher.watch.snapshot().generation()).isEqualTo(generation);
    assertThat(owner.stats().reregistrations()).isZero();
    watcher.sawNoShorterList();
  }

  @Test
  void forgottenScriptsAreSentAgain() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(5));
    List<Registration> all = fleet(owner);
    commands().scriptFlush();
    long beats = owner.stats().heartbeats();
    soon().until(() -> owner.stats().heartbeats() > beats + 1);
    awaitAll(all, ACTIVE);
    assertThat(owner.stats().storeFailures()).isZero();
  }

  // The store does not answer

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void redisPausedForLongerThanTheLeaseEndsNoLease() {
    Duration ttl = Duration.ofSeconds(3);
    ServiceRegistry owner = registry(client(server.uri()), ttl);
    List<Registration> all = fleet(owner);
    Watcher watcher = new Watcher(registry(client(server.uri()), ttl));
    server.pause();
    try {
      awaitAll(all, UNCERTAIN);
      watcher.awaitProtection(Protection.STORE_AWAY);
      long until = System.nanoTime() + ttl.toNanos();
      soon().until(() -> System.nanoTime() - until > 0);
    } finally {
      server.resume();
    }
    awaitAll(all, ACTIVE);
    watcher.awaitProtection(Protection.NONE);
    watcher.sawNoShorterList();
    assertThat(owner.stats().reregistrations()).isZero();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void cutConnectionsAreOpenedAgain() {
    FaultProxy proxy = proxy();
    ServiceRegistry owner = registry(client(uri(proxy)), Duration.ofSeconds(10));
    List<Registration> all = fleet(owner);
    Watcher watcher = new Watcher(registry(client(uri(proxy)), Duration.ofSeconds(10)));
    proxy.cut();
    long beats = owner.stats().heartbeats();
    soon().until(() -> owner.stats().heartbeats() > beats + 1);
    awaitAll(all, ACTIVE);
    watcher.awaitProtection(Protection.NONE);
    ServiceInstance late = instance(FLEET + 1);
    owner.register(late);
    soon().until(() -> watcher.watch.snapshot().up().contains(late));
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void deadConnectionsThatLookOpenAreReplaced() {
    FaultProxy proxy = proxy();
    ServiceRegistry owner = registry(client(uri(proxy)), Duration.ofSeconds(30));
    List<Registration> all = fleet(owner);
    int before = proxy.connections();
    proxy.halfOpen();
    awaitAll(all, UNCERTAIN);
    soon().until(() -> proxy.connections() > before);
    proxy.heal();
    awaitAll(all, ACTIVE);
  }

  @Test
  void registryBuiltWhileRedisIsAwayWaitsForIt() {
    server.stop();
    ServiceRegistry registry = registry(client(server.uri()), Duration.ofSeconds(5));
    Registration me = registry.register(instance(1));
    assertThatThrownBy(() -> registry.discover(SERVICE))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining(SERVICE);
    assertThat(me.state()).isEqualTo(PENDING);
    server.restart();
    soon().until(me::state, ACTIVE::equals);
    assertThat(registry.discover(SERVICE)).containsExactly(instance(1));
    server.stop();
    assertThat(registry.discover(SERVICE)).containsExactly(instance(1));
  }

  @Test
  void closeWhileRedisIsAwayEndsInTime() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(5));
    List<Registration> all = fleet(owner);
    server.stop();
    awaitAll(all, UNCERTAIN);
    owner.close();
    assertThat(all).allMatch(r -> r.state() == RegistrationState.CLOSED);
  }

  @Test
  void missingPermissionIsNamed() {
    RedisCommands<String, String> admin = commands();
    admin.dispatch(
        io.lettuce.core.protocol.CommandType.ACL,
        new io.lettuce.core.output.StatusOutput<>(io.lettuce.core.codec.StringCodec.UTF8),
        new io.lettuce.core.protocol.CommandArgs<>(io.lettuce.core.codec.StringCodec.UTF8)
            .add("SETUSER")
            .add("limited")
            .add("on")
            .add(">secret")
            .add("~*")
            .add("&*")
            .add("+@all")
            .add("-@scripting"));
    RedisURI uri = RedisURI.create(server.uri());
    uri.setCredentialsProvider(
        io.lettuce.core.RedisCredentialsProvider.from(
            () -> io.lettuce.core.RedisCredentials.just("limited", "secret")));
    RedisClient limited = RedisClient.create(uri);
    opened.add(() -> limited.shutdown(Duration.ZERO, Duration.ofSeconds(2)));
    ServiceRegistry registry = registry(limited, Duration.ofSeconds(5));
    Registration me = registry.register(instance(1));
    soon().until(() -> registry.explain(SERVICE).toString().contains("'evalsha'"));
    assertThat(me.state()).isEqualTo(PENDING);
  }

  // The owner goes away

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void leaseOfASilentOwnerEndsAndTheOwnerReturnsByItself() {
    Duration ttl = Duration.ofSeconds(2);
    FaultProxy proxy = proxy();
    ServiceRegistry silent = registry(client(uri(proxy)), ttl);
    Registration me = silent.register(instance(1));
    ServiceRegistry other = registry(client(server.uri()), ttl);
    IntStream.rangeClosed(2, FLEET).forEach(i -> other.register(instance(i)));
    Watcher watcher = new Watcher(other);
    proxy.refuse();
    proxy.cut();
    soon().until(() -> watcher.watch.snapshot().up().size() == FLEET - 1);
    assertThat(watcher.watch.snapshot().up()).doesNotContain(instance(1));
    assertThat(me.state()).isEqualTo(UNCERTAIN);
    proxy.heal();
    soon().until(me::state, ACTIVE::equals);
    soon().until(() -> watcher.watch.snapshot().up().size() == FLEET);
    assertThat(silent.stats().reregistrations()).isEqualTo(1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void halfTheFleetCutOffFromRedisStaysInTheListAndTheProtectionEndsByItself() {
    Duration ttl = Duration.ofSeconds(2);
    FaultProxy proxy = proxy();
    ServiceRegistry cutOff = registry(client(uri(proxy)), ttl);
    ServiceRegistry other = registry(client(server.uri()), ttl);
    List<Registration> silent = new ArrayList<>();
    List<Registration> all = new ArrayList<>();
    for (int i = 1; i <= FLEET; i++) {
      Registration one = (i % 2 == 0 ? cutOff : other).register(instance(i));
      all.add(one);
      if (i % 2 == 0) {
        silent.add(one);
      }
    }
    awaitAll(all, ACTIVE);
    Watcher watcher = new Watcher(registry(client(server.uri()), ttl));
    Watcher second = new Watcher(other);
    proxy.refuse();
    proxy.cut();
    awaitAll(silent, UNCERTAIN);
    watcher.awaitProtection(Protection.MASS_EXPIRY);
    long begun = System.nanoTime();
    soon().until(() -> System.nanoTime() - begun > 2 * ttl.toNanos());
    assertThat(watcher.watch.snapshot().up())
        .filteredOn(i -> i.status() == InstanceStatus.SUSPECT)
        .extracting(ServiceInstance::port)
        .containsExactly(2, 4, 6);
    proxy.heal();
    awaitAll(silent, ACTIVE);
    watcher.awaitProtection(Protection.NONE);
    second.awaitProtection(Protection.NONE);
    watcher.sawNoShorterList();
    second.sawNoShorterList();
    assertThat(cutOff.stats().reregistrations()).isZero();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void lastInstanceOfAServiceExpiresAlthoughNobodyBeats() {
    Duration ttl = Duration.ofSeconds(2);
    FaultProxy proxy = proxy();
    ServiceRegistry silent = registry(client(uri(proxy)), ttl);
    silent.register(instance(1));
    Watch watch = registry(client(server.uri()), ttl).watch(SERVICE, list -> {});
    soon().until(() -> watch.snapshot().up().size() == 1);
    proxy.refuse();
    proxy.cut();
    soon().until(() -> watch.snapshot().up().isEmpty());
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void ownerWhoseIdWasTakenWhileItWasSilentIsFenced() {
    Duration ttl = Duration.ofSeconds(2);
    FaultProxy proxy = proxy();
    ServiceRegistry zombieHost = registry(client(uri(proxy)), ttl);
    Registration zombie = zombieHost.register(instance(1));
    soon().until(zombie::state, ACTIVE::equals);
    proxy.refuse();
    proxy.cut();
    ServiceInstance successor = ServiceInstance.of(SERVICE, "10.0.0.8", 2).id("node-1").build();
    ServiceRegistry other = registry(client(server.uri()), ttl);
    Registration fresh = other.register(successor);
    soon().until(fresh::state, ACTIVE::equals);
    zombie.update(zombie.instance().withWeight(9));
    proxy.heal();
    soon().until(zombie::state, FENCED::equals);
    assertThat(zombieHost.stats().fenced()).isEqualTo(1);
    assertThat(other.discover(SERVICE)).containsExactly(successor);
    assertThat(fresh.state()).isEqualTo(ACTIVE);
  }

  // What it costs

  @Test
  void discoverOfFiveHundredIsOneTripAndNothingScansTheKeys() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(30));
    IntStream.rangeClosed(1, 500).forEach(i -> owner.register(instance(i)));
    soon().until(() -> owner.stats().active() == 500);
    RedisServiceRegistry asker = // it counts trips, however long one takes here
        RedisServiceRegistry.builder(client(server.uri())).timeout(Duration.ofSeconds(20)).build();
    opened.add(asker);
    assertThat(asker.discover(SERVICE)).hasSize(500);
    owner.close();
    RedisCommands<String, String> commands = commands();
    ServiceRegistry again = registry(client(server.uri()), Duration.ofSeconds(30));
    again.register(instance(1));
    soon().until(() -> again.stats().active() == 1);
    IntStream.rangeClosed(2, 500).forEach(i -> again.register(instance(i)));
    soon().until(() -> again.stats().active() == 500);
    long evals = calls(commands, "evalsha") + calls(commands, "eval");
    long beats = again.stats().heartbeats();
    assertThat(asker.discover(SERVICE)).hasSize(500);
    long trips = calls(commands, "evalsha") + calls(commands, "eval") - evals;
    long beatsMeanwhile = 2 * (again.stats().heartbeats() - beats) + 4; // commands of 128 leases
    assertThat(trips).isBetween(1L, 1 + beatsMeanwhile + 2);
    for (String scan : List.of("keys", "scan", "smembers")) {
      assertThat(calls(commands, scan)).as(scan).isZero();
    }
  }

  @Test
  void fiftyWatchesCostNoMoreCommandsThanOne() {
    RedisCommands<String, String> commands = commands();
    ServiceRegistry registry = registry(client(server.uri()), Duration.ofSeconds(30));
    List<Watch> watches =
        IntStream.range(0, 50).mapToObj(i -> registry.watch(SERVICE, list -> {})).toList();
    soon().until(() -> watches.stream().allMatch(w -> w.snapshot().loaded()));
    long syncs = registry.stats().syncs();
    long evals = calls(commands, "evalsha");
    assertThat(evals).isLessThanOrEqualTo(registry.stats().syncs() + 1);
    assertThat(syncs).isLessThan(10);
    assertThat(commands.pubsubNumsub("sf:{" + SERVICE + "}:n").values()).containsExactly(1L);
  }

  @Test
  void otherPrefixIsAnotherWorld() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(5));
    fleet(owner);
    RedisServiceRegistry other =
        RedisServiceRegistry.builder(client(server.uri())).prefix("other").build();
    opened.add(other);
    assertThat(other.discover(SERVICE)).isEmpty();
  }

  @Test
  void closeLeavesTheClientOpenAndNoThreadBehind() {
    RedisClient client = client(server.uri());
    RedisServiceRegistry registry = RedisServiceRegistry.builder(client).name("leaving").build();
    registry.watch(SERVICE, list -> {});
    Registration me = registry.register(instance(1));
    soon().until(me::state, ACTIVE::equals);
    registry.close();
    soon()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(t -> t.getName().startsWith("spinforge-registry-leaving")));
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      assertThat(connection.sync().ping()).isEqualTo("PONG");
      assertThat(connection.sync().zcard("sf:{" + SERVICE + "}:d")).isZero();
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void failoverBySentinelKeepsTheFleet() throws Exception {
    try (RedisSentinel sentinel = RedisSentinel.start()) {
      RedisClient client = RedisClient.create(sentinel.uri());
      try (RedisServiceRegistry owner = registry(client, Duration.ofSeconds(10));
          RedisServiceRegistry other = registry(client, Duration.ofSeconds(10))) {
        List<Registration> all = fleet(owner);
        Watcher watcher = new Watcher(other);
        sentinel.failover();
        long beats = owner.stats().heartbeats();
        soon().until(() -> owner.stats().heartbeats() > beats + 1);
        awaitAll(all, ACTIVE);
        watcher.awaitProtection(Protection.NONE);
        watcher.sawNoShorterList();
      } finally {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
      }
    }
  }
}

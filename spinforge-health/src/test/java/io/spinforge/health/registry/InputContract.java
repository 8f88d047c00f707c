package io.spinforge.health.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a registry takes and what it refuses, and at which call. */
abstract class InputContract extends ContractBase {

  private static Named<BiConsumer<ServiceRegistry, String>> named(
      String name, BiConsumer<ServiceRegistry, String> call) {
    return Named.of(name, call);
  }

  /** Every method that takes the name of a service. */
  static Stream<Named<BiConsumer<ServiceRegistry, String>>> methodsOfAService() {
    return Stream.of(
        named("watch", (r, s) -> r.watch(s, list -> {})),
        named("watchSnapshots", (r, s) -> r.watchSnapshots(s, snapshot -> {})),
        named("watchChanges", (r, s) -> r.watchChanges(s, changes -> {})),
        named("discover", ServiceRegistry::discover),
        named("explain", ServiceRegistry::explain));
  }

  /** Every method that a closed registry refuses. */
  static Stream<Named<BiConsumer<ServiceRegistry, String>>> methodsOfAnOpenRegistry() {
    return Stream.of(
        named("register", (r, s) -> r.register(ServiceInstance.of(s, "h", 1).build())),
        named(
            "registerWhen",
            (r, s) ->
                r.registerWhen(ServiceInstance.of(s, "h", 1).build(), new CompletableFuture<>())),
        named("watch", (r, s) -> r.watch(s, list -> {})),
        named("watchSnapshots", (r, s) -> r.watchSnapshots(s, snapshot -> {})),
        named("watchChanges", (r, s) -> r.watchChanges(s, changes -> {})),
        named("discover", ServiceRegistry::discover),
        named("services", (r, s) -> r.services()),
        named("confirmDown", (r, s) -> r.confirmDown(ServiceInstance.of(s, "h", 1).build())));
  }

  @ParameterizedTest
  @MethodSource("methodsOfAnOpenRegistry")
  void closedRegistryRefuses(BiConsumer<ServiceRegistry, String> call) {
    ServiceRegistry other = another();
    other.close();
    assertThatThrownBy(() -> call.accept(other, service))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("registry: closed (expected: open)");
  }

  @ParameterizedTest
  @MethodSource("methodsOfAService")
  void badNamesOfServicesAreRefusedBy(BiConsumer<ServiceRegistry, String> call) {
    for (String bad : List.of("", "a{b}", "a:b", "-a", ".a", "a b", "a\n", "ü", "a".repeat(129))) {
      assertThatThrownBy(() -> call.accept(registry, bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("service: " + bad + " (expected: ");
    }
    assertThatThrownBy(() -> call.accept(registry, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("service");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "A.b_c-d", "0", "longest"})
  void namesOfServicesThatAreTaken(String suffix) {
    String name = suffix.equals("longest") ? service + "x".repeat(128 - service.length()) : suffix;
    // Other kinds of this contract may use the same name on a store of their own only.
    active(registry, ServiceInstance.of(name, "h", 1).build());
    assertThat(another().discover(name)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a:b:c",
        "[::1]:80",
        "node@zone",
        "...",
        "-",
        "_",
        "0",
        "::",
        "a-b.c_d",
        "]",
        "[",
        "@",
        "1:2:U",
        "x:y:z:D"
      })
  void idsThatAreTaken(String id) {
    ServiceInstance given = ServiceInstance.of(service, "10.0.0.1", 1).id(id).build();
    Registration me = active(registry, given);
    ServiceRegistry other = another();
    assertThat(other.discover(service)).containsExactly(given);
    me.update(given.withWeight(3));
    soon().until(() -> other.discover(service).get(0).weight() == 3);
    me.close();
    assertThat(other.discover(service)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "a b", "a\nb", "{a}", "a}", "a/b", "a%b", "ü", "a,b", "a;b", "a\0", "*", "?"
      })
  void idsThatAreRefused(String id) {
    assertThatThrownBy(() -> ServiceInstance.of(service, "10.0.0.1", 1).id(id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("id: " + id + " (expected: ");
  }

  @Test
  void longestIdIsTakenAndALongerOneIsNot() {
    String id = "i".repeat(128);
    active(registry, ServiceInstance.of(service, "h", 1).id(id).build());
    assertThat(another().discover(service).get(0).id()).isEqualTo(id);
    assertThatThrownBy(() -> ServiceInstance.of(service, "h", 1).id(id + "i"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain", "", " ", "a b", "a+b", "a%20b", "a&b=c", "v=1&v=2", "line\nbreak", "\r\n$5\r\n",
        "tab\t", "nul\0", "ü", "漢字", "😀", "{\"json\": [1]}", "'quote\"", "\\", "- -", "U:D"
      })
  void metadataOfAnyTextSurvives(String text) {
    Map<String, String> metadata = Map.of("key", text, "k" + text, "value");
    ServiceInstance given = ServiceInstance.of(service, "h", 1).metadata(metadata).build();
    active(registry, given);
    ServiceInstance read = another().discover(service).get(0);
    assertThat(read.metadata()).isEqualTo(metadata);
    assertThat(read.sameAs(given)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.7", "host", "a.b.example", "::1", "2001:db8::7", "xn--bcher-kva.de"})
  void hostsThatAreTaken(String host) {
    ServiceInstance given = ServiceInstance.of(service, host, 8443).scheme("https").build();
    active(registry, given);
    ServiceInstance read = another().discover(service).get(0);
    assertThat(read.host()).isEqualTo(host);
    assertThat(read.uri()).isEqualTo(given.uri());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[::1]", "a b", "a/b", "u@h", "h:1", "h?q", "h#f", "{h}"})
  void hostsThatAreRefused(String host) {
    assertThatThrownBy(() -> ServiceInstance.of(service, host, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("host: " + host + " (expected: ");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_536})
  void weightsThatAreTaken(int weight) {
    active(registry, ServiceInstance.of(service, "h", 1).weight(weight).build());
    assertThat(another().discover(service).get(0).weight()).isEqualTo(weight);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_537, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void weightsThatAreRefused(int weight) {
    Registration me = active(registry, instance(1));
    assertThatThrownBy(() -> me.update(me.instance().withWeight(weight)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weight: " + weight + " (expected: 0..65536)");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 80, 65_535})
  void portsThatAreTaken(int port) {
    active(registry, instance(port));
    assertThat(another().discover(service).get(0).port()).isEqualTo(port);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 65_536})
  void portsThatAreRefused(int port) {
    assertThatThrownBy(() -> instance(port))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("port: " + port + " (expected: 1..65535)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "eu-1", "a.b_c"})
  void zonesThatAreTaken(String zone) {
    active(registry, ServiceInstance.of(service, "h", 1).zone(zone).build());
    assertThat(another().discover(service).get(0).zone()).isEqualTo(zone);
  }

  @Test
  void largestPayloadIsTakenAndALargerOneIsRefused() {
    int rest = 4096 - ServiceInstance.of(service, "h", 1).build().encoded().length() - 5; // &m.k=
    ServiceInstance largest =
        ServiceInstance.of(service, "h", 1).metadata(Map.of("k", "x".repeat(rest))).build();
    assertThat(largest.encoded()).hasSize(4096);
    Registration me = active(registry, largest);
    assertThat(another().discover(service).get(0).sameAs(largest)).isTrue();
    assertThatThrownBy(() -> largest.withMetadata(Map.of("k", "x".repeat(rest + 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("metadata: 4097 bytes encoded (expected: <= 4096)");
    assertThat(me.instance().sameAs(largest)).isTrue();
  }

  @Test
  void nullsAreRefusedByName() {
    Registration me = active(registry, instance(1));
    List<Map.Entry<Runnable, String>> calls =
        List.of(
            Map.entry(() -> registry.register(null), "instance"),
            Map.entry(() -> registry.registerWhen(instance(2), null), "ready"),
            Map.entry(() -> registry.watch(service, null), "listener"),
            Map.entry(() -> registry.watchSnapshots(service, null), "listener"),
            Map.entry(() -> registry.watchChanges(service, null), "listener"),
            Map.entry(() -> registry.confirmDown(null), "instance"),
            Map.entry(() -> me.drain(null), "time"));
    calls.forEach(
        call ->
            assertThatThrownBy(call.getKey()::run)
                .isInstanceOf(NullPointerException.class)
                .hasMessage(call.getValue()));
    assertThat(registry.stats().watches()).isZero();
  }

  @Test
  void negativeDrainIsRefusedAndChangesNothing() {
    Registration me = active(registry, instance(1));
    assertThatThrownBy(() -> me.drain(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("time: PT-0.001S (expected: >= PT0S)");
    assertThat(me.instance().status()).isEqualTo(InstanceStatus.UP);
  }

  @Test
  void updateToAnotherServiceOrIdIsRefused() {
    Registration me = active(registry, instance(1));
    ServiceInstance elsewhere = ServiceInstance.of(service + "-b", "10.0.0.7", 1).build();
    for (ServiceInstance other : List.of(instance(2), elsewhere)) {
      assertThatThrownBy(() -> me.update(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("changed: " + other + " (expected: service and id of ");
    }
  }

  @Test
  void closedWatchKeepsItsLastSnapshotAndClosesTwice() {
    Watch watch = loaded(registry);
    active(another(), instance(1));
    awaitUp(watch, instance(1));
    watch.close();
    watch.close();
    assertThat(watch.snapshot().up()).containsExactly(instance(1));
    assertThat(watch.service()).isEqualTo(service);
  }

  @Test
  void watchOfAClosedRegistryKeepsItsLastSnapshot() {
    ServiceRegistry other = another();
    Watch watch = loaded(other);
    active(registry, instance(1));
    awaitUp(watch, instance(1));
    other.close();
    assertThat(watch.snapshot().up()).containsExactly(instance(1));
  }

  @Test
  void registrationOfAClosedRegistryRefusesUpdates() {
    ServiceRegistry other = another();
    Registration me = active(other, instance(1));
    other.close();
    assertThatThrownBy(() -> me.update(instance(1).withWeight(2)))
        .isInstanceOf(IllegalStateException.class);
    me.close();
    assertThat(me.state()).isEqualTo(RegistrationState.CLOSED);
  }
}

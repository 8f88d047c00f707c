package io.spinforge.health.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.Seeds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ServiceInstanceTest {
  private static ServiceInstance.Builder builder() {
    return ServiceInstance.of("checkout", "10.0.0.7", 8080);
  }

  private static void refused(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void defaultsAreTheAddressWeightOneAndNoZone() {
    ServiceInstance instance = builder().build();
    assertThat(instance.service()).isEqualTo("checkout");
    assertThat(instance.id()).isEqualTo("10.0.0.7:8080");
    assertThat(instance.host()).isEqualTo("10.0.0.7");
    assertThat(instance.port()).isEqualTo(8080);
    assertThat(instance.uri()).hasToString("http://10.0.0.7:8080");
    assertThat(instance.uri().resolve("/health")).hasToString("http://10.0.0.7:8080/health");
    assertThat(instance.weight()).isEqualTo(1);
    assertThat(instance.zone()).isEmpty();
    assertThat(instance.metadata()).isEmpty();
    assertThat(instance.status()).isEqualTo(InstanceStatus.UP);
    assertThat(instance.hasDefaultId()).isTrue();
  }

  @Test
  void equalityIsWhoAndWhere() {
    ServiceInstance one = builder().build();
    assertThat(one.withWeight(9)).isEqualTo(one).hasSameHashCodeAs(one);
    assertThat(one.withMetadata(Map.of("a", "b"))).isEqualTo(one);
    assertThat(one.withStatus(InstanceStatus.DRAINING)).isEqualTo(one);
    assertThat(builder().zone("z").build()).isEqualTo(one);
    assertThat(builder().id("other").build()).isNotEqualTo(one);
    assertThat(builder().scheme("https").build()).isNotEqualTo(one);
    assertThat(ServiceInstance.of("checkout", "10.0.0.8", 8080).id(one.id()).build())
        .isNotEqualTo(one);
    assertThat(ServiceInstance.of("other", "10.0.0.7", 8080).build()).isNotEqualTo(one);
  }

  @Test
  void sameAsComparesEverything() {
    ServiceInstance one = builder().build();
    assertThat(one.sameAs(builder().build())).isTrue();
    assertThat(one.sameAs(one.withWeight(2))).isFalse();
    assertThat(one.sameAs(one.withMetadata(Map.of("a", "b")))).isFalse();
    assertThat(one.sameAs(one.withStatus(InstanceStatus.DRAINING))).isFalse();
    assertThat(one.sameAs(builder().zone("z").build())).isFalse();
  }

  @Test
  void everySetterStatesItsRule() {
    refused(() -> ServiceInstance.of("a{b}", "h", 1), "service: a{b} (expected: ");
    refused(() -> ServiceInstance.of("a", "", 1), "host:  (expected: ");
    refused(() -> ServiceInstance.of("a", "a b", 1), "host: a b (expected: ");
    refused(() -> ServiceInstance.of("a", "a/b", 1), "host: a/b (expected: ");
    refused(() -> ServiceInstance.of("a", "u@h", 1), "host: u@h (expected: ");
    refused(() -> ServiceInstance.of("a", "[::1]", 1), "host: [::1] (expected: ");
    refused(() -> ServiceInstance.of("a", "h", 0), "port: 0 (expected: 1..65535)");
    refused(() -> ServiceInstance.of("a", "h", 65_536), "port: 65536 (expected: 1..65535)");
    refused(() -> builder().weight(-1), "weight: -1 (expected: 0..65536)");
    refused(() -> builder().weight(65_537), "weight: 65537 (expected: 0..65536)");
    refused(() -> builder().zone("eu 1"), "zone: eu 1 (expected: ");
    refused(() -> builder().scheme("HTTP"), "scheme: HTTP (expected: ");
    refused(() -> builder().metadata(Map.of("", "x")), "metadata: an empty key (expected: ");
    refused(() -> builder().build().withWeight(-1), "weight: -1 (expected: 0..65536)");
  }

  @Test
  void idsWithSeparatorsOfTheStoreAreRefused() {
    for (String bad : List.of("", "a b", "a{b", "a}b", "a\nb", "a,b", "a/b", "ü")) {
      refused(() -> builder().id(bad), "id: " + bad + " (expected: ");
    }
    refused(() -> builder().id("a".repeat(129)), "id: aaa");
  }

  @Test
  void secondSetIsRefused() {
    for (Runnable twice :
        List.<Runnable>of(
            () -> builder().id("a").id("a"),
            () -> builder().scheme("http").scheme("http"),
            () -> builder().zone("a").zone("a"),
            () -> builder().weight(1).weight(1),
            () -> builder().metadata(Map.of()).metadata(Map.of()))) {
      assertThatThrownBy(twice::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("set twice");
    }
  }

  @Test
  void moreThanFourKilobytesAreRefused() {
    ServiceInstance.Builder large = builder().metadata(Map.of("a", "x".repeat(4096)));
    refused(large::build, "metadata: ");
    refused(() -> builder().build().withMetadata(Map.of("a", "é".repeat(1000))), "metadata: ");
    builder().metadata(Map.of("a", "x".repeat(3900))).build();
  }

  @Test
  void metadataIsACopy() {
    Map<String, String> given = new HashMap<>(Map.of("a", "b"));
    ServiceInstance instance = builder().metadata(given).build();
    given.put("a", "c");
    assertThat(instance.metadata()).containsExactly(Map.entry("a", "b"));
    assertThatThrownBy(() -> instance.metadata().put("x", "y"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void encodedFormIsReadable() {
    ServiceInstance instance =
        builder().zone("eu-1").weight(2).metadata(Map.of("a b", "1&2")).build();
    assertThat(instance.encoded())
        .isEqualTo("v=1&scheme=http&host=10.0.0.7&port=8080&weight=2&zone=eu-1&m.a+b=1%262");
  }

  @Test
  void decodeOfEncodeIsTheSame() {
    Seeds.run(
        200,
        (seed, random) -> {
          Map<String, String> metadata = new HashMap<>();
          for (int i = random.nextInt(6); i > 0; i--) {
            int[] codes = random.ints(random.nextInt(1, 9), 1, 0xD7FF).toArray();
            String text = new String(codes, 0, codes.length);
            metadata.put(text, new StringBuilder(text).reverse().toString());
          }
          ServiceInstance given =
              ServiceInstance.of("s", random.nextBoolean() ? "h.example" : "fe80::1", 80)
                  .weight(random.nextInt(65_537))
                  .metadata(metadata)
                  .build();
          ServiceInstance read =
              InstanceCodec.decode("s", given.id(), InstanceStatus.UP, given.encoded());
          assertThat(read.sameAs(given)).isTrue();
          assertThat(read.metadata()).isEqualTo(metadata);
        });
  }

  @Test
  void strictReaderRefusesWhatItDoesNotUnderstand() {
    for (String bad :
        List.of(
            "",
            "v=1",
            "v=2&scheme=http&host=h&port=1&weight=1",
            "v=1&scheme=http&host=h&port=x&weight=1",
            "v=1&scheme=http&host=h&port=0&weight=1",
            "v=1&scheme=http&host=h&port=1&weight=-1",
            "v=1&scheme=http&host=h&port=1&port=2&weight=1",
            "v=1&scheme=http&host=h&port=1&weight=1&",
            "v=1&scheme=http&host=%zz&port=1&weight=1",
            "v=1&scheme=http&host=h&port=1&weight=1&m.a=" + "x".repeat(5000))) {
      assertThatThrownBy(() -> InstanceCodec.decode("s", "a", InstanceStatus.UP, bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(
            InstanceCodec.decode(
                    "s", "a", InstanceStatus.UP, "v=1&scheme=http&host=h&port=1&weight=1&new=x")
                .port())
        .isEqualTo(1);
  }
}

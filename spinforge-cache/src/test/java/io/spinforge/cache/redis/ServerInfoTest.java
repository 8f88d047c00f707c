package io.spinforge.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerInfoTest {
  @Test
  void versionsFromSixTwoOnAreSupported() {
    assertThat(of("6.2.7").isSupported()).isTrue();
    assertThat(of("7.0").isSupported()).isTrue();
    assertThat(of("10").isSupported()).isTrue();
    assertThat(of("6.0.16").isSupported()).isFalse();
    assertThat(of("5.0.14").isSupported()).isFalse();
    assertThat(of("unstable").isSupported()).isFalse();
    assertThat(ServerInfo.parse("").isSupported()).isFalse();
  }

  @Test
  void replicaIsNoMaster() {
    assertThat(ServerInfo.parse("role:slave\r\nrun_id:abc").master()).isFalse();
    assertThat(ServerInfo.parse("role:master\r\nrun_id:abc").runId()).isEqualTo("abc");
  }

  private static ServerInfo of(String version) {
    return ServerInfo.parse("# Server\r\nredis_version:" + version + "\r\n");
  }
}

package io.spinforge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RedisServerIT {

  private static final Duration SOON = Duration.ofSeconds(10);

  @AfterEach
  void embeddedServerAgain() {
    System.clearProperty(RedisBinary.PROPERTY);
  }

  @Test
  void answersOnLoopbackWithoutPersistence() throws IOException {
    try (RedisServer redis = RedisServer.start("maxmemory 10mb")) {
      assertThat(redis.uri()).isEqualTo("redis://127.0.0.1:" + redis.port());
      assertThat(call(redis, "CONFIG", "GET", "save")).isEqualTo("save\n");
      assertThat(call(redis, "CONFIG", "GET", "appendonly")).isEqualTo("appendonly\nno");
      assertThat(call(redis, "CONFIG", "GET", "bind")).isEqualTo("bind\n127.0.0.1");
      assertThat(call(redis, "CONFIG", "GET", "maxmemory")).isEqualTo("maxmemory\n10485760");
    }
  }

  @Test
  void restartKeepsThePortAndLosesTheData() throws IOException {
    try (RedisServer redis = RedisServer.start()) {
      int port = redis.port();
      call(redis, "SET", "key", "value");
      redis.stop();
      redis.stop();
      assertThatThrownBy(() -> call(redis, "GET", "key")).isInstanceOf(ConnectException.class);
      redis.restart();
      assertThat(redis.port()).isEqualTo(port);
      assertThat(call(redis, "GET", "key")).isEmpty();
      call(redis, "SET", "key", "value");
      redis.restart();
      assertThat(call(redis, "GET", "key")).isEmpty();
    }
  }

  @Test
  void pausedServerAcceptsAndAnswersNothing() throws IOException {
    try (RedisServer redis = RedisServer.start()) {
      call(redis, "SET", "key", "value");
      redis.pause();
      try (Resp resp = Resp.connect(redis.port(), Duration.ofMillis(300))) {
        assertThatThrownBy(() -> resp.call("PING")).isInstanceOf(SocketTimeoutException.class);
      }
      redis.resume();
      assertThat(call(redis, "GET", "key")).isEqualTo("value");
    }
  }

  @Test
  void pausedServerCanBeStopped() {
    try (RedisServer redis = RedisServer.start()) {
      redis.pause();
      redis.stop();
      assertThatThrownBy(() -> call(redis, "PING")).isInstanceOf(ConnectException.class);
      assertThatIllegalStateException()
          .isThrownBy(redis::pause)
          .withMessage("the server on port " + redis.port() + " is stopped");
    }
  }

  @Test
  void passwordedServerStarts() throws IOException {
    try (RedisServer redis = RedisServer.start("requirepass secret")) {
      assertThatIOException()
          .isThrownBy(() -> call(redis, "PING"))
          .withMessageStartingWith("NOAUTH");
    }
  }

  @Test
  void wrongConfigurationFailsWithTheServersWords() {
    assertThatIllegalStateException()
        .isThrownBy(() -> RedisServer.start("no-such-line yes"))
        .withMessageContaining("no-such-line");
  }

  @Test
  void wrongBinaryIsNamed() {
    System.setProperty(RedisBinary.PROPERTY, "/no/such/redis-server");
    assertThatIllegalStateException()
        .isThrownBy(RedisServer::start)
        .withMessage(
            "spinforge.redis.binary: /no/such/redis-server (expected: an executable file)");
  }

  @Test
  void anotherBinaryIsUsedWhenNamed() throws IOException {
    Path embedded = RedisBinary.find();
    Path link = Files.createTempDirectory("another").resolve("redis-server");
    Files.createSymbolicLink(link, embedded);
    System.setProperty(RedisBinary.PROPERTY, link.toString());
    try (RedisServer redis = RedisServer.start()) {
      assertThat(call(redis, "INFO", "server")).contains("executable:" + link);
    } finally {
      Files.delete(link);
      Files.delete(link.getParent());
    }
  }

  @Test
  void manyServersAtOnceHaveTheirOwnPorts() throws IOException {
    List<RedisServer> servers = new ArrayList<>();
    try {
      Stream.generate(() -> 0)
          .limit(6)
          .parallel()
          .map(i -> RedisServer.start())
          .forEachOrdered(servers::add);
      assertThat(servers).extracting(RedisServer::port).doesNotHaveDuplicates();
    } finally {
      servers.forEach(RedisServer::close);
    }
  }

  @Test
  void takenPortIsNotAnsweredForByAnother() throws IOException {
    try (RedisServer redis = RedisServer.start()) {
      assertThatIllegalStateException()
          .isThrownBy(() -> RedisServer.start("port " + redis.port()))
          .withMessageContaining("was taken by another process");
    }
  }

  @Test
  void closeRemovesTheFilesOfTheServer() throws IOException {
    Path folder;
    try (RedisServer redis = RedisServer.start()) {
      folder = Path.of(call(redis, "CONFIG", "GET", "dir").lines().toList().get(1));
      assertThat(folder).exists();
    }
    assertThat(folder).doesNotExist();
  }

  private static String call(RedisServer redis, String... command) throws IOException {
    return call(redis.port(), command);
  }

  private static String call(int port, String... command) throws IOException {
    try (Resp resp = Resp.connect(port, SOON)) {
      return resp.call(command);
    }
  }
}

package io.spinforge.scaling.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.ScaleTarget.State;
import io.spinforge.scaling.target.DockerStandIn.Way;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class DockerSwarmTargetIT {
  private static final OptionalLong NO_FENCE = OptionalLong.empty();

  @TempDir Path dir;
  private DockerStandIn engine;
  private DockerSwarmTarget target;

  @BeforeEach
  void start() throws IOException {
    engine = new DockerStandIn(dir.resolve("docker.sock"));
    target = describe(Duration.ofSeconds(10)).build();
  }

  @AfterEach
  void end() {
    engine.close();
  }

  private DockerSwarmBuilder describe(Duration timeout) {
    return DockerSwarmTarget.builder()
        .service("web")
        .socket(dir.resolve("docker.sock"))
        .timeout(timeout);
  }

  private ApplyResult apply(int desired) throws Exception {
    return target.apply(desired, target.read(), NO_FENCE);
  }

  private int replicas() {
    return engine.specification().at("/Mode/Replicated/Replicas").asInt(-1);
  }

  @Test
  void readsReplicasAndRunningTasks() throws Exception {
    assertThat(target.read()).isEqualTo(new State(3, 1, 2, "1028"));
    engine.tasks("running", "running", "running", "running");
    assertThat(target.read()).isEqualTo(new State(3, 4, 0, "1028"));
    engine.mode("{\"Replicated\":{}}");
    assertThat(target.read().desired()).isEqualTo(1);
    engine.mode("{\"Replicated\":{\"Replicas\":0}}");
    assertThat(target.read().desired()).isZero();
  }

  @Test
  void writesOnlyTheNumber() throws Exception {
    JsonNode before = engine.specification();
    assertThat(apply(7)).isEqualTo(new ApplyResult.Applied(7));
    assertThat(target.read()).isEqualTo(new State(7, 1, 6, "1029"));
    ((ObjectNode) before.at("/Mode/Replicated")).put("Replicas", 7);
    assertThat(engine.specification().toString()).isEqualTo(before.toString());
    assertThat(apply(0)).isEqualTo(new ApplyResult.Applied(0));
  }

  @Test
  void answersInChunksAreRead() throws Exception {
    engine.chunked();
    assertThat(apply(5)).isEqualTo(new ApplyResult.Applied(5));
    assertThat(target.read()).isEqualTo(new State(5, 1, 4, "1029"));
  }

  @Test
  void versionOfTheApiCanBeFixed() throws Exception {
    describe(Duration.ofSeconds(10)).apiVersion("1.44").build().read();
    assertThat(engine.calls).allMatch(call -> call.startsWith("GET /v1.44/")).hasSize(2);
  }

  @Test
  void changeInBetweenIsAConflict() throws Exception {
    State seen = target.read();
    engine.mode("{\"Replicated\":{\"Replicas\":4}}");
    assertThat(target.apply(7, seen, NO_FENCE))
        .isEqualTo(new ApplyResult.Conflict("version 1029, seen 1028"));
    assertThat(replicas()).isEqualTo(4);
    assertThat(apply(7)).isEqualTo(new ApplyResult.Applied(7));
  }

  @ParameterizedTest
  @CsvSource({
    "500, rpc error: code = Unknown desc = update out of sequence, Conflict",
    "409, conflict, Conflict",
    "404, service web not found, Rejected",
    "400, bad, Rejected",
    "503, This node is not a swarm manager., Rejected",
    "500, something else, Unknown",
    "502, bad gateway, Unknown",
  })
  void refusalSaysWhatTheEngineSaid(int status, String message, String kind) throws Exception {
    State seen = target.read();
    engine.next("POST", status, "{\"message\":\"" + message + "\"}");
    ApplyResult result = target.apply(5, seen, NO_FENCE);
    assertThat(result.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(result.toString())
        .contains(
            "docker.sock/services/web/update?version=1028 answered " + status + ": " + message);
    assertThat(replicas()).isEqualTo(3);
    engine.next("GET", status, "{\"message\":\"" + message + "\"}");
    assertThatThrownBy(target::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("docker.sock/services/web answered " + status + ": " + message);
    engine.next("GET", status, "{\"message\":\"" + message + "\"}");
    assertThat(target.apply(5, seen, NO_FENCE).toString())
        .contains("Rejected", "nothing was written", message);
  }

  @ParameterizedTest
  @EnumSource(value = Way.class, names = "INSTEAD", mode = EnumSource.Mode.EXCLUDE)
  void writeWithoutAWholeAnswerIsUnknownAndReadAgain(Way way) throws Exception {
    DockerSwarmTarget hasty = describe(Duration.ofSeconds(1)).build();
    State seen = hasty.read();
    engine.next("POST", way);
    ApplyResult result = hasty.apply(6, seen, NO_FENCE);
    assertThat(result).isInstanceOf(ApplyResult.Unknown.class);
    assertThat(result.toString())
        .contains(way == Way.HALF ? "ends in the middle" : "no whole answer within PT1S");
    assertThat(hasty.read().desired()).isEqualTo(6);
    engine.next("GET", way);
    assertThatThrownBy(hasty::read).isInstanceOf(IOException.class);
  }

  @Test
  void halfAnswerInChunksIsNoAnswer() {
    engine.chunked();
    engine.next("GET", Way.HALF);
    assertThatThrownBy(target::read).hasMessageEndingWith("the answer ends in the middle");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'Replicas':-1}|Replicas: -1 (expected: a whole number from 0 to 2147483647)",
        "{'Replicas':2.5}|Replicas: 2.5 (expected: a whole number",
        "{'Replicas':'3'}|Replicas: \"3\" (expected: a whole number",
        "{'Replicas':18446744073709551615}|Replicas: 18446744073709551615 (expected: a whole",
      })
  void nonsenseIsNamed(String replicated, String message) throws Exception {
    engine.mode("{\"Replicated\":" + replicated.replace('\'', '"') + "}");
    assertThatThrownBy(target::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the answer's Spec.Mode.Replicated." + message);
  }

  @Test
  void serviceWithoutANumberIsNamed() throws Exception {
    State seen = target.read();
    engine.mode("{\"Global\":{}}");
    assertThatThrownBy(target::read)
        .hasMessage("service web is not replicated: it has no number to set");
    assertThat(target.apply(3, seen, NO_FENCE).toString()).contains("Rejected", "not replicated");
  }

  @Test
  void engineThatIsNotThereHasSurelyChangedNothing() throws Exception {
    State seen = target.read();
    engine.close();
    assertThat(target.apply(5, seen, NO_FENCE).toString()).contains("Rejected", "no connection");
    assertThatThrownBy(target::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no connection");
  }

  @Test
  void staleFenceIsRefusedAndNotSent() throws Exception {
    assertThat(target.apply(5, target.read(), OptionalLong.of(7)))
        .isEqualTo(new ApplyResult.Applied(5));
    State seen = target.read();
    int before = engine.calls.size();
    assertThat(target.apply(6, seen, OptionalLong.of(6)))
        .isEqualTo(new ApplyResult.Rejected("fence 6 after 7"));
    assertThat(engine.calls).hasSize(before);
  }

  @Test
  void interruptEndsACallThatHangs() throws Exception {
    engine.next("GET", Way.SILENT);
    CompletableFuture<String> end = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                end.complete("answer " + target.read());
              } catch (Exception e) {
                end.complete(e.toString());
              }
            });
    caller.start();
    Awaitility.await().until(() -> !engine.calls.isEmpty());
    caller.interrupt();
    assertThat(end.get(5, TimeUnit.SECONDS)).endsWith("interrupted");
  }
}

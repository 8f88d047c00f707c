package io.spinforge.scaling.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.Decision;
import io.spinforge.scaling.ScaleTarget.State;
import io.spinforge.scaling.Signal;
import io.spinforge.scaling.target.KubernetesStandIn.Way;
import io.spinforge.testkit.ManualTicker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class KubernetesTargetIT {
  private static final OptionalLong NO_FENCE = OptionalLong.empty();
  private static final String SCALE = "/apis/apps/v1/namespaces/shop/deployments/checkout/scale";

  @TempDir Path dir;
  private final ManualTicker ticker = new ManualTicker(Long.MAX_VALUE - 1_000_000_000);
  private KubernetesStandIn server;
  private Path token;
  private KubernetesTarget target;

  @BeforeEach
  void start() throws IOException {
    server = KubernetesStandIn.http();
    server.token("first");
    token = Files.writeString(dir.resolve("token"), "first\n");
    target = describe().build();
  }

  @AfterEach
  void end() {
    target.close();
    server.close();
  }

  private KubernetesBuilder describe() {
    return KubernetesTarget.builder()
        .server(server.uri())
        .namespace("shop")
        .deployment("checkout")
        .tokenFile(token)
        .timeout(Duration.ofSeconds(10))
        .ticker(ticker);
  }

  private ApplyResult apply(int desired) throws Exception {
    return target.apply(desired, target.read(), NO_FENCE);
  }

  private String at(String method) {
    return method + " " + server.uri() + SCALE;
  }

  @Test
  void readsScaleAndReadyPods() throws Exception {
    assertThat(target.read()).isEqualTo(new State(3, 2, 1, "41"));
    server.state(5, 0);
    assertThat(target.read()).isEqualTo(new State(5, 0, 5, "42"));
    server.state(2, 3); // shrinking: one more than asked for still serves
    assertThat(target.read()).isEqualTo(new State(2, 3, 0, "43"));
  }

  @Test
  void numberThatIsLeftOutIsZero() throws Exception {
    server.state(0, 0);
    assertThat(target.read()).isEqualTo(new State(0, 0, 0, "42"));
    assertThat(apply(2)).isEqualTo(new ApplyResult.Applied(2));
    assertThat(apply(0)).isEqualTo(new ApplyResult.Applied(0));
  }

  @Test
  void scaleOnlyTakesEveryPodForReady() throws Exception {
    try (KubernetesTarget only = describe().scaleOnly().build()) {
      server.state(6, 1);
      assertThat(only.read()).isEqualTo(new State(6, 5, 1, "42"));
      assertThat(server.calls).containsExactly("GET " + SCALE);
    }
  }

  @Test
  void writesTheNumberWithTheVersionThatWasSeen() throws Exception {
    assertThat(apply(7)).isEqualTo(new ApplyResult.Applied(7));
    assertThat(server.replicas()).isEqualTo(7);
    assertThat(target.read()).isEqualTo(new State(7, 2, 5, "42"));
  }

  @Test
  void changeInBetweenIsAConflict() throws Exception {
    State seen = target.read();
    server.state(4, 4);
    assertThat(target.apply(7, seen, NO_FENCE))
        .isEqualTo(
            new ApplyResult.Conflict(
                at("PUT")
                    + " answered 409: Operation cannot be fulfilled on deployments.apps"
                    + " \"checkout\": the object has been modified; please apply your changes to"
                    + " the latest version and try again"));
    assertThat(server.replicas()).isEqualTo(4);
    assertThat(apply(7)).isEqualTo(new ApplyResult.Applied(7));
  }

  @Test
  void autoscalerReadsAndDecidesAgainAfterAConflict() throws Exception {
    server.state(2, 2);
    server.next("PUT", Way.INSTEAD, 409, "{\"message\":\"modified\"}");
    Instant noon = Instant.parse("2026-03-01T12:00:00Z");
    try (Autoscaler scaler =
        Autoscaler.named("checkout")
            .target(target)
            .signal(Signal.totalDemand(() -> 400, 100))
            .clock(() -> noon)
            .build()) {
      Decision first = scaler.tick(noon);
      assertThat(first.applied()).isInstanceOf(ApplyResult.Conflict.class);
      Decision second = scaler.tick(noon.plusSeconds(30));
      assertThat(second.applied()).isEqualTo(new ApplyResult.Applied(4));
    }
    assertThat(server.replicas()).isEqualTo(4);
  }

  @Test
  void rotatedTokenIsReadForTheNextCall() throws Exception {
    State seen = target.read();
    server.token("second");
    assertThatThrownBy(target::read)
        .isInstanceOf(IOException.class)
        .hasMessage(at("GET") + " answered 401: Unauthorized");
    assertThat(target.apply(5, seen, NO_FENCE))
        .isEqualTo(new ApplyResult.Rejected(at("PUT") + " answered 401: Unauthorized"));
    Files.writeString(token, "second\n");
    assertThat(target.apply(5, seen, NO_FENCE)).isEqualTo(new ApplyResult.Applied(5));
  }

  @Test
  void tokenThatCannotBeUsedIsNeverSaid() throws Exception {
    State seen = target.read();
    int before = server.calls.size();
    Files.writeString(token, "se\ncret");
    assertThatThrownBy(target::read)
        .hasMessage("token file " + token + ": 7 characters (expected: a token)");
    Files.delete(token);
    assertThat(target.apply(5, seen, NO_FENCE).toString())
        .contains("Rejected", "token file " + token + " cannot be read");
    assertThat(server.calls).hasSize(before);
  }

  @ParameterizedTest
  @CsvSource({
    "403, Rejected",
    "404, Rejected",
    "422, Rejected",
    "400, Rejected",
    "307, Rejected",
    "500, Unknown",
    "502, Unknown",
    "504, Unknown",
  })
  void refusalSaysWhatTheServerSaid(int status, String kind) throws Exception {
    State seen = target.read();
    server.next("PUT", Way.INSTEAD, status, "{\"kind\":\"Status\",\"message\":\"because\"}");
    ApplyResult result = target.apply(5, seen, NO_FENCE);
    assertThat(result.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(result.toString()).contains(at("PUT") + " answered " + status + ": because");
    assertThat(server.replicas()).isEqualTo(3);
    server.next("GET", Way.INSTEAD, status, "<html>gone</html>");
    assertThatThrownBy(target::read)
        .isInstanceOf(IOException.class)
        .hasMessage(at("GET") + " answered " + status + ": '<html>gone</html>'");
  }

  @ParameterizedTest
  @CsvSource({"429, Rejected, 7, 7", "503, Unknown, 7, 7", "429, Rejected, 999999999, 300"})
  void nothingIsSentForRetryAfter(int status, String kind, String after, int waits)
      throws Exception {
    State seen = target.read();
    server.next("PUT", status, "{\"message\":\"too many requests\"}", after);
    assertThat(target.apply(5, seen, NO_FENCE).getClass().getSimpleName()).isEqualTo(kind);
    int before = server.calls.size();
    ticker.advance(Duration.ofSeconds(waits - 1).plusMillis(1));
    assertThatThrownBy(target::read).hasMessageContaining("not sent, the server asked to wait 0 s");
    assertThat(target.apply(5, seen, NO_FENCE)).isInstanceOf(ApplyResult.Rejected.class);
    assertThat(server.calls).hasSize(before);
    ticker.advance(Duration.ofSeconds(1));
    assertThat(apply(5)).isEqualTo(new ApplyResult.Applied(5));
  }

  @Test
  void retryAfterThatIsNoNumberIsNoWait() throws Exception {
    State seen = target.read();
    server.next("PUT", 429, "{}", "soon");
    assertThat(target.apply(5, seen, NO_FENCE)).isInstanceOf(ApplyResult.Rejected.class);
    assertThat(target.apply(5, seen, NO_FENCE)).isEqualTo(new ApplyResult.Applied(5));
  }

  @ParameterizedTest
  @EnumSource(value = Way.class, names = "INSTEAD", mode = EnumSource.Mode.EXCLUDE)
  void writeWithoutAWholeAnswerIsUnknownAndReadAgain(Way way) throws Exception {
    State seen = target.read();
    try (KubernetesTarget hasty = hasty()) {
      server.next("PUT", way, 200, "");
      assertThat(hasty.apply(6, seen, NO_FENCE)).isInstanceOf(ApplyResult.Unknown.class);
      assertThat(hasty.read().desired()).isEqualTo(6);
      server.next("GET", way, 200, "");
      assertThatThrownBy(hasty::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(at("GET"));
      assertThat(hasty.read().desired()).isEqualTo(6);
    }
  }

  private KubernetesTarget hasty() {
    return KubernetesTarget.builder()
        .server(server.uri())
        .namespace("shop")
        .deployment("checkout")
        .tokenFile(token)
        .timeout(Duration.ofSeconds(1))
        .build();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'spec':{'replicas':-1}}|spec.replicas: -1 (expected: a whole number from 0 to"
            + " 2147483647)",
        "{'spec':{'replicas':1.5}}|spec.replicas: 1.5 (expected: a whole number",
        "{'spec':{'replicas':'3'}}|spec.replicas: \"3\" (expected: a whole number",
        "{'spec':{'replicas':99999999999}}|spec.replicas: 99999999999 (expected: a whole number",
        "{'spec':{'replicas':1e99999}}|spec.replicas: 1E+99999 (expected: a whole number",
        "{'spec':{'replicas':null}}|spec.replicas: null (expected: a whole number",
        "{'spec':{'replicas':3}}|metadata.resourceVersion: missing (expected: a text",
        "{'spec':{'replicas':3,'replicas':4}}|the answer is no JSON",
        "{'spec':{'replicas':3}} {}|the answer is no JSON",
        "{'spec':{'replicas':NaN}}|the answer is no JSON",
        "[]|the answer is no JSON object: '[]'",
        "``|the answer is no JSON object: it is empty",
      })
  void nonsenseIsNamed(String body, String message) throws Exception {
    String json = body == null ? "" : body.replace('\'', '"');
    State seen = target.read();
    server.next("GET", Way.INSTEAD, 200, json);
    assertThatThrownBy(target::read).isInstanceOf(IOException.class).hasMessageContaining(message);
    server.next("PUT", Way.INSTEAD, 200, json);
    assertThat(target.apply(5, seen, NO_FENCE)).isInstanceOf(ApplyResult.Unknown.class);
  }

  @Test
  void answerWithAnotherNumberIsUnknown() throws Exception {
    server.next("PUT", Way.INSTEAD, 200, "{\"spec\":{\"replicas\":4}}");
    assertThat(apply(9)).isEqualTo(new ApplyResult.Unknown(at("PUT") + " answered 4, asked 9"));
  }

  @Test
  void answerThatIsTooLargeIsRefused() {
    server.next("GET", Way.INSTEAD, 200, " ".repeat(4 * 1024 * 1024 + 1));
    assertThatThrownBy(target::read).hasMessageContaining("the answer is above 4194304 bytes");
  }

  @Test
  void serverThatIsNotThereHasSurelyChangedNothing() throws Exception {
    State seen = target.read();
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    try (KubernetesTarget lost =
        KubernetesTarget.builder()
            .server(URI.create("http://127.0.0.1:" + port))
            .namespace("shop")
            .deployment("checkout")
            .build()) {
      assertThat(lost.apply(5, seen, NO_FENCE).toString())
          .contains("Rejected", "no connection", "ConnectException");
      assertThatThrownBy(lost::read).isInstanceOf(IOException.class);
    }
  }

  @Test
  void staleFenceIsRefusedAndNotSent() throws Exception {
    assertThat(target.apply(5, target.read(), OptionalLong.of(7)))
        .isEqualTo(new ApplyResult.Applied(5));
    State seen = target.read();
    int before = server.calls.size();
    assertThat(target.apply(6, seen, OptionalLong.of(6)))
        .isEqualTo(new ApplyResult.Rejected("fence 6 after 7"));
    assertThat(server.calls).hasSize(before);
  }

  @Test
  void closedTargetSendsNothing() throws Exception {
    State seen = target.read();
    target.close();
    target.close();
    assertThat(target.apply(5, seen, NO_FENCE))
        .isEqualTo(new ApplyResult.Rejected("the target was closed"));
    assertThatThrownBy(target::read).hasMessage("the target was closed");
  }
}

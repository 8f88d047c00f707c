package io.spinforge.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.spinforge.metrics.jdbc.PostgresPool;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TunedDataSourceTest {
  private static final String URL = "jdbc:postgresql://db.example.com/shop";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:mysql://db/shop",
        "postgresql://db/shop",
        "jdbc:postgresql://db:port/shop",
        ""
      })
  void anAddressThatIsNoneIsRefused(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TunedDataSource.postgres(url, "shop", "secret"))
        .withMessage("url: " + url + " (expected: jdbc:postgresql://host:port/database)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"disable", "allow", "prefer", "require"})
  void anAddressThatGivesUpOnVerifiedTlsIsRefused(String mode) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TunedDataSource.postgres(URL + "?sslmode=" + mode, "shop", "secret"))
        .withMessage(
            "url: sslmode="
                + mode
                + " (expected: verify-full, which is the default; disable on loopback; or say"
                + " unverifiedTls())");
    assertThat(PostgresPool.problem(URL + "?sslmode=" + mode, true)).isNull();
  }

  @Test
  void verifiedTlsAndPlainConnectionsWithinThisMachineAreFine() {
    assertThat(PostgresPool.problem(URL, false)).isNull();
    assertThat(PostgresPool.problem(URL + "?sslmode=verify-full", false)).isNull();
    assertThat(PostgresPool.problem(URL + "?sslmode=verify-ca", false)).isNull();
    assertThat(PostgresPool.problem("jdbc:postgresql://127.0.0.1/x?sslmode=disable", false))
        .isNull();
    assertThat(PostgresPool.problem("jdbc:postgresql://127.0.0.1,db/x?sslmode=disable", false))
        .isNotNull();
  }

  @Test
  void aPasswordInTheAddressIsNotRepeated() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TunedDataSource.postgres("jdbc:x://h/d?password=secret", "a", null))
        .withMessageNotContaining("secret");
  }

  @Test
  void theSizeFollowsTheDatabasesCoresUpToTheGuides() {
    assertThat(PostgresPool.connectionsFor(1)).isEqualTo(3);
    assertThat(PostgresPool.connectionsFor(2)).isEqualTo(5);
    assertThat(PostgresPool.connectionsFor(9)).isEqualTo(19);
    assertThat(PostgresPool.connectionsFor(64)).isEqualTo(20);
  }

  @Test
  void wrongAndSecondValuesAreRefusedAndEveryProblemIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TunedDataSource.builder(URL).connections(0))
        .withMessage("connections: 0 (expected: 1 to 1000)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TunedDataSource.builder(URL).repeats(1))
        .withMessage("repeats: 1 (expected: 2 to 1000000)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TunedDataSource.builder(URL).statementTimeout(Duration.ZERO))
        .withMessage("statementTimeout: PT0S (expected: PT0.001S to PT24H)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TunedDataSource.builder(URL).name(" "))
        .withMessage("name: \" \" (expected: not blank)");
    assertThatIllegalStateException()
        .isThrownBy(() -> TunedDataSource.builder(URL).user("a").user("b"))
        .withMessage("user: set twice (expected: once)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                TunedDataSource.builder(URL + "?sslmode=disable")
                    .connections(5)
                    .databaseCores(2)
                    .build())
        .withMessageContaining("user: missing")
        .withMessageContaining("connections, databaseCores: both set")
        .withMessageContaining("sslmode=disable");
  }
}

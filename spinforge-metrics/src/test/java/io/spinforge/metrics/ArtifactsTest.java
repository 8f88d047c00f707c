package io.spinforge.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.spinforge.metrics.bind.Catalogue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactsTest {
  @TempDir Path folder;

  /** Two hours with 9 % errors, one instance without Redis, a scaler at its maximum. */
  private static final String SCENARIO =
      """
      rule_files: [spinforge-alerts.yml, spinforge-goals.yml]
      evaluation_interval: 1m
      tests:
        - interval: 1m
          input_series:
            - series: 'http_requests_total{status="200"}'
              values: '0+600x120'
            - series: 'http_requests_total{status="503"}'
              values: '0+60x120'
            - series: 'spinforge_cache_redis_up{manager="a"}'
              values: '0x120'
            - series: 'spinforge_cache_redis_up{manager="b"}'
              values: '1x120'
            - series: 'spinforge_scaling_replicas{scaler="w",kind="desired"}'
              values: '10x120'
            - series: 'spinforge_scaling_replicas{scaler="w",kind="max"}'
              values: '10x120'
            - series: 'spinforge_balance_members{balancer="c",state="up"}'
              values: '5x120'
            - series: 'spinforge_balance_members{balancer="c",state="ejected"}'
              values: '5x120'
            - series: 'spinforge_balance_members{balancer="c",state="draining"}'
              values: '0x120'
          promql_expr_test:
            - expr: count by (alertname, severity) (ALERTS{alertstate="firing"})
              eval_time: 2h
              exp_samples:
                - labels: '{alertname="SpinForgeBudgetBurn", severity="page"}'
                  value: 2
                - labels: '{alertname="SpinForgeBudgetBurn", severity="ticket"}'
                  value: 2
                - labels: '{alertname="SpinForgeRedisAway", severity="ticket"}'
                  value: 1
                - labels: '{alertname="SpinForgeScalerAtMaximum", severity="ticket"}'
                  value: 1
                - labels: '{alertname="SpinForgeMembersEjected", severity="ticket"}'
                  value: 1
      """;

  @Test
  void theDashboardHasAPanelForEachMeter() {
    String json = Artifacts.grafana();
    for (Catalogue meter : Catalogue.values()) {
      assertThat(json).contains("\"title\":\"" + meter.id() + "\"");
    }
    assertThat(json.chars().filter(c -> c == '{').count())
        .isEqualTo(json.chars().filter(c -> c == '}').count());
  }

  @Test
  void filesAreWrittenWhereTheyAreAskedFor() throws IOException {
    Path sub = folder.resolve("a/b");
    Artifacts.main(new String[] {sub.toString()});
    assertThat(Files.readString(sub.resolve("spinforge-dashboard.json")))
        .isEqualTo(Artifacts.grafana());
    assertThat(Files.readString(sub.resolve("spinforge-alerts.yml"))).isEqualTo(Artifacts.alerts());
    assertThat(Files.readString(sub.resolve("spinforge-goals.yml")))
        .isEqualTo(PerformanceGoals.defaults().toPrometheusRules());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Artifacts.main(new String[0]))
        .withMessage("arguments: 0 (expected: a folder)");
  }

  @Test
  void prometheusTakesTheRulesAndSoundsThem() throws Exception {
    assumeThat(isInstalled())
        .as("promtool, of Debian's package prometheus, is on the path")
        .isTrue();
    Artifacts.writeTo(folder, PerformanceGoals.defaults());
    Files.writeString(folder.resolve("test.yml"), SCENARIO);
    promtool("check", "rules", "spinforge-alerts.yml", "spinforge-goals.yml");
    promtool("test", "rules", "test.yml");
  }

  private static boolean isInstalled() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(path -> Files.isExecutable(Path.of(path, "promtool")));
  }

  private void promtool(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = "promtool";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}

package io.spinforge.metrics;

import static io.spinforge.metrics.bind.Catalogue.BALANCE_EMPTY;
import static io.spinforge.metrics.bind.Catalogue.BALANCE_MEMBERS;
import static io.spinforge.metrics.bind.Catalogue.BALANCE_PANIC;
import static io.spinforge.metrics.bind.Catalogue.BALANCE_RETRIES;
import static io.spinforge.metrics.bind.Catalogue.CACHE_QUEUED;
import static io.spinforge.metrics.bind.Catalogue.CACHE_REDIS_UP;
import static io.spinforge.metrics.bind.Catalogue.CACHE_REQUESTS;
import static io.spinforge.metrics.bind.Catalogue.CONTAINER_MEMORY;
import static io.spinforge.metrics.bind.Catalogue.CONTAINER_THROTTLED;
import static io.spinforge.metrics.bind.Catalogue.DOCTOR_FINDINGS;
import static io.spinforge.metrics.bind.Catalogue.HEALTH_EFFECTIVE;
import static io.spinforge.metrics.bind.Catalogue.HEALTH_PANIC;
import static io.spinforge.metrics.bind.Catalogue.HEALTH_STATUS;
import static io.spinforge.metrics.bind.Catalogue.HOST_PRESSURE;
import static io.spinforge.metrics.bind.Catalogue.REGISTRY_FAILURES;
import static io.spinforge.metrics.bind.Catalogue.REGISTRY_REGISTRATIONS;
import static io.spinforge.metrics.bind.Catalogue.SCALING_APPLIED;
import static io.spinforge.metrics.bind.Catalogue.SCALING_REPLICAS;
import static io.spinforge.metrics.bind.Catalogue.SCALING_SIGNAL_FAILURES;

import io.spinforge.metrics.bind.Catalogue;
import java.util.List;

/** Alerting rules about the components. */
final class AlertRules {
  private static final String PAGE = "page";
  private static final String TICKET = "ticket";

  /** What to be told of; {@code $} in the expression stands for the meters' names, in turn. */
  private record Alert(
      String name,
      String severity,
      String after,
      String summary,
      String form,
      List<Catalogue> names) {
    String expression() {
      String all = form;
      for (Catalogue meter : names) {
        all = all.replaceFirst("\\$", Prometheus.name(meter));
      }
      return all;
    }
  }

  private static final List<Alert> ALERTS =
      List.of(
          alert(
              "SpinForgeRedisAway",
              TICKET,
              "1m",
              "Caches of {{ $labels.manager }} do without Redis",
              "$ == 0",
              CACHE_REDIS_UP),
          alert(
              "SpinForgeLoadsFail",
              TICKET,
              "5m",
              "More than 5 % of the reads of {{ $labels.cache }} fail",
              "sum by (manager, cache) (rate(${outcome=\"error\"}[5m]))"
                  + " / sum by (manager, cache) (rate($[5m])) > 0.05",
              CACHE_REQUESTS,
              CACHE_REQUESTS),
          alert(
              "SpinForgeInvalidationsWait",
              TICKET,
              "5m",
              "Invalidations of {{ $labels.manager }} wait for Redis",
              "$ > 0",
              CACHE_QUEUED),
          alert(
              "SpinForgeBalancerEmpty",
              PAGE,
              "1m",
              "Requests of {{ $labels.balancer }} find no member",
              "rate($[5m]) > 0",
              BALANCE_EMPTY),
          alert(
              "SpinForgeBalancerPanics",
              PAGE,
              "1m",
              "{{ $labels.balancer }} uses members that it ejected",
              "$ == 1",
              BALANCE_PANIC),
          alert(
              "SpinForgeMembersEjected",
              TICKET,
              "5m",
              "More than 30 % of the members of {{ $labels.balancer }} are ejected",
              "${state=\"ejected\"} / ignoring (state) group_left ()"
                  + " sum without (state) ($) > 0.3",
              BALANCE_MEMBERS,
              BALANCE_MEMBERS),
          alert(
              "SpinForgeRetriesSuppressed",
              TICKET,
              "5m",
              "{{ $labels.balancer }} has used up its retries",
              "rate(${outcome=\"suppressed\"}[5m]) > 0",
              BALANCE_RETRIES),
          alert(
              "SpinForgeNoTarget",
              PAGE,
              "1m",
              "{{ $labels.checker }} offers no target",
              "$ == 0",
              HEALTH_EFFECTIVE),
          alert(
              "SpinForgeCheckerPanics",
              PAGE,
              "1m",
              "{{ $labels.checker }} offers unfit targets",
              "$ == 1",
              HEALTH_PANIC),
          alert(
              "SpinForgeTargetsUnhealthy",
              TICKET,
              "10m",
              "Targets of {{ $labels.checker }} are unhealthy",
              "${status=\"unhealthy\"} > 0",
              HEALTH_STATUS),
          alert(
              "SpinForgeRegistryFails",
              TICKET,
              "5m",
              "Commands of {{ $labels.registry }} fail",
              "rate($[5m]) > 0",
              REGISTRY_FAILURES),
          alert(
              "SpinForgeNotRegistered",
              TICKET,
              "2m",
              "Registrations of {{ $labels.registry }} are in doubt",
              "${state=~\"uncertain|fenced\"} > 0",
              REGISTRY_REGISTRATIONS),
          alert(
              "SpinForgeScalerAtMaximum",
              TICKET,
              "15m",
              "{{ $labels.scaler }} may not grow any further",
              "${kind=\"desired\"} >= ignoring (kind) ${kind=\"max\"}",
              SCALING_REPLICAS,
              SCALING_REPLICAS),
          alert(
              "SpinForgeScalerBlind",
              TICKET,
              "5m",
              "{{ $labels.scaler }} gets no usable readings",
              "rate($[5m]) > 0",
              SCALING_SIGNAL_FAILURES),
          alert(
              "SpinForgeScalerRefused",
              TICKET,
              "0m",
              "{{ $labels.scaler }} was refused the number it asked for",
              "increase(${result=\"rejected\"}[15m]) > 0",
              SCALING_APPLIED),
          alert(
              "SpinForgeDoctorWorries",
              TICKET,
              "5m",
              "The doctor has critical findings about {{ $labels.family }}",
              "${severity=\"critical\"} > 0",
              DOCTOR_FINDINGS),
          alert(
              "SpinForgeThrottled",
              TICKET,
              "10m",
              "The container stands still more than 10 % of the time",
              "rate($[5m]) > 0.1",
              CONTAINER_THROTTLED),
          alert(
              "SpinForgeMemoryShort",
              PAGE,
              "2m",
              "The container uses more than 95 % of its memory",
              "${kind=\"working\"} / ignoring (kind) ${kind=\"limit\"} > 0.95",
              CONTAINER_MEMORY,
              CONTAINER_MEMORY),
          alert(
              "SpinForgeMemoryPressure",
              TICKET,
              "5m",
              "Everything waits for memory more than 10 % of the time",
              "${resource=\"memory\",kind=\"full\"} > 0.1",
              HOST_PRESSURE));

  private AlertRules() {}

  private static Alert alert(
      String name, String severity, String after, String summary, String form, Catalogue... names) {
    return new Alert(name, severity, after, summary, form, List.of(names));
  }

  static String yaml() {
    StringBuilder out = new StringBuilder("groups:\n  - name: spinforge\n    rules:\n");
    for (Alert alert : ALERTS) {
      out.append("      - alert: ")
          .append(alert.name)
          .append("\n        expr: '")
          .append(alert.expression())
          .append("'\n        for: ")
          .append(alert.after)
          .append("\n        labels:\n          severity: ")
          .append(alert.severity)
          .append("\n        annotations:\n          summary: '")
          .append(alert.summary)
          .append("'\n");
    }
    return out.toString();
  }
}

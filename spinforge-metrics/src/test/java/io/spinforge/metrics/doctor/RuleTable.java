package io.spinforge.metrics.doctor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The doctor's rules as the README lists them: by family and gravest severity. */
public final class RuleTable {
  private RuleTable() {}

  public static List<String> rows() {
    List<String> rows = new ArrayList<>();
    for (Family family : Family.values()) {
      Map<Severity, List<String>> names = new LinkedHashMap<>();
      Arrays.stream(Severity.values()).forEach(s -> names.put(s, new ArrayList<>()));
      for (Rule rule : Examination.RULES.getOrDefault(family, List.of())) {
        names.getOrDefault(rule.gravest(), List.of()).add(rule.name());
      }
      names.forEach(
          (severity, all) -> {
            if (!all.isEmpty()) {
              String list = all.stream().map(n -> "`" + n + "`").collect(Collectors.joining(", "));
              rows.add("| " + severity + " | " + list + " |");
            }
          });
    }
    return rows;
  }

  public static void main(String[] args) {
    rows().forEach(System.out::println);
  }
}

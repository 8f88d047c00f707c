package io.spinforge.metrics.doctor;

import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What a value should be; it may depend on the other facts. */
interface Expected {
  boolean holds(String value, Facts facts);

  String words(Unit unit, Facts facts);

  static Expected atLeast(double least) {
    return atLeast(facts -> least);
  }

  static Expected atLeast(ToDoubleFunction<Facts> least) {
    return number(least, true, "at least ");
  }

  static Expected atMost(double most) {
    return atMost(facts -> most);
  }

  static Expected atMost(ToDoubleFunction<Facts> most) {
    return number(most, false, "at most ");
  }

  /** Between two numbers, both included. */
  static Expected between(double least, double most) {
    return of(
        unit -> unit.write(least) + " to " + unit.write(most),
        value -> value >= least && value <= most);
  }

  static Expected is(String... values) {
    List<String> all = List.of(values);
    return text(words(all), all::contains);
  }

  static Expected isNot(String... values) {
    List<String> all = List.of(values);
    return text("not " + words(all), value -> !all.contains(value));
  }

  private static String words(List<String> values) {
    return values.stream()
        .map(value -> value.isEmpty() ? "none" : value)
        .collect(Collectors.joining(" or "));
  }

  static Expected text(String words, Predicate<String> test) {
    return new Expected() {
      @Override
      public boolean holds(String value, Facts facts) {
        return test.test(value);
      }

      @Override
      public String words(Unit unit, Facts facts) {
        return words;
      }
    };
  }

  private static Expected of(Function<Unit, String> words, DoublePredicate test) {
    return new Expected() {
      @Override
      public boolean holds(String value, Facts facts) {
        double number = Facts.parse(value);
        return Double.isNaN(number) || test.test(number);
      }

      @Override
      public String words(Unit unit, Facts facts) {
        return words.apply(unit);
      }
    };
  }

  private static Expected number(ToDoubleFunction<Facts> bound, boolean least, String words) {
    return new Expected() {
      @Override
      public boolean holds(String value, Facts facts) {
        double number = Facts.parse(value);
        double limit = bound.applyAsDouble(facts);
        // What is unknown on either side is not held against anybody.
        return Double.isNaN(number)
            || Double.isNaN(limit)
            || (least ? number >= limit : number <= limit);
      }

      @Override
      public String words(Unit unit, Facts facts) {
        return words + unit.write(bound.applyAsDouble(facts));
      }
    };
  }
}

package io.spinforge.cache.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.Seeds;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class GlobTest {

  @Test
  void starIsAnyTextAndQuestionMarkOneCharacter() {
    assertThat(Glob.of("tenant:42:*").matches("tenant:42:")).isTrue();
    assertThat(Glob.of("tenant:42:*").matches("tenant:42:a:b")).isTrue();
    assertThat(Glob.of("tenant:42:*").matches("tenant:421:a")).isFalse();
    assertThat(Glob.of("a?c").matches("abc")).isTrue();
    assertThat(Glob.of("a?c").matches("ac")).isFalse();
    assertThat(Glob.of("*b*").matches("abc")).isTrue();
    assertThat(Glob.of("[ab]").matches("a")).isFalse();
    assertThat(Glob.of("").matches("")).isTrue();
  }

  @Test
  void backslashMakesTheNextCharacterLiteral() {
    assertThat(Glob.of("a\\*").matches("a*")).isTrue();
    assertThat(Glob.of("a\\*").matches("ab")).isFalse();
    assertThat(Glob.of("\\\\*").matches("\\x")).isTrue();
    assertThatThrownBy(() -> Glob.of("a\\"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("glob: a\\ (expected: no single backslash at the end)");
  }

  @Test
  void manyStarsTakeNoLongerThanTheProductOfTheLengths() {
    long started = System.nanoTime();
    assertThat(Glob.of("*a".repeat(500) + "b").matches("a".repeat(1000))).isFalse();
    assertThat(System.nanoTime() - started).isLessThan(TimeUnit.SECONDS.toNanos(1));
  }

  /** The oracle is the same pattern as a regular expression. */
  @Test
  void matchesWhatTheRegularExpressionMatches() {
    Seeds.run(
        20_000,
        (seed, random) -> {
          String pattern = text(random, "ab*?\\");
          if (pattern.replace("\\\\", "").endsWith("\\")) {
            return;
          }
          String key = text(random, "ab*?\\");
          assertThat(Glob.of(pattern).matches(key))
              .as("%s against %s", pattern, key)
              .isEqualTo(Pattern.compile(regex(pattern), Pattern.DOTALL).matcher(key).matches());
        });
  }

  private static String text(SplittableRandom random, String alphabet) {
    StringBuilder out = new StringBuilder();
    for (int n = random.nextInt(8); n > 0; n--) {
      out.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return out.toString();
  }

  private static String regex(String glob) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      if (c == '*') {
        out.append(".*");
      } else if (c == '?') {
        out.append('.');
      } else {
        out.append(Pattern.quote(String.valueOf(c == '\\' ? glob.charAt(++i) : c)));
      }
    }
    return out.toString();
  }
}

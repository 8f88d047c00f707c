package io.spinforge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SeedsTest {

  @AfterEach
  void forgetTheSeed() {
    System.clearProperty("spinforge.seed");
  }

  @Test
  void sameSeedDrawsTheSame() {
    List<Long> first = new ArrayList<>();
    List<Long> second = new ArrayList<>();
    Seeds.run(5, (seed, random) -> first.add(random.nextLong()));
    Seeds.run(5, (seed, random) -> second.add(random.nextLong()));
    assertThat(first).hasSize(5).doesNotHaveDuplicates().isEqualTo(second);
  }

  @Test
  void failureNamesTheSeed() {
    assertThatThrownBy(() -> Seeds.run(5, (seed, random) -> assertThat(seed).isLessThan(3)))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("seed 3 (again: -Dspinforge.seed=3): ")
        .hasCauseInstanceOf(AssertionError.class);
  }

  @Test
  void propertyRunsOneSeedAlone() {
    System.setProperty("spinforge.seed", "42");
    List<Long> seeds = new ArrayList<>();
    Seeds.run(5, (seed, random) -> seeds.add(seed));
    assertThat(seeds).containsExactly(42L);
  }

  @Test
  void atLeastOneRun() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Seeds.run(0, (seed, random) -> {}))
        .withMessage("n: 0 (expected: >= 1)");
  }
}

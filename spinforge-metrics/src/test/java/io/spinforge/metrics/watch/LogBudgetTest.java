package io.spinforge.metrics.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.ManualTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LogBudgetTest {
  private final ManualTicker ticker = new ManualTicker();
  private final LogBudget budget = new LogBudget(2, Duration.ofMinutes(1), ticker);

  @Test
  void linesBeyondTheBudgetAreLeftOutAndToldOfLater() {
    assertThat(budget.take()).isZero();
    assertThat(budget.take()).isZero();
    assertThat(budget.take()).isEqualTo(-1);
    assertThat(budget.take()).isEqualTo(-1);
    ticker.advance(Duration.ofMinutes(1));
    assertThat(budget.take()).isEqualTo(2);
    assertThat(budget.take()).isZero();
    assertThat(budget.take()).isEqualTo(-1);
  }
}

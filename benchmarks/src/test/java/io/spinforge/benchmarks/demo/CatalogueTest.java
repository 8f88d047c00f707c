package io.spinforge.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CatalogueTest {
  private final Catalogue catalogue = new Catalogue(Duration.ofNanos(500));

  @Test
  void whatWasNeverWrittenIsNeverStale() {
    assertThat(catalogue.judge("7", 1, 100)).isTrue();
    assertThat(catalogue.oldest()).isZero();
  }

  @Test
  void aRequestSentBeforeTheAcknowledgementMaySeeEitherVersion() {
    catalogue.written("7", 2, 1_000);
    assertThat(catalogue.judge("7", 1, 999)).isTrue();
    assertThat(catalogue.judge("7", 2, 999)).isTrue();
    assertThat(catalogue.oldest()).isZero();
  }

  @Test
  void anOldVersionIsAllowedForAWhileAndThenStale() {
    catalogue.written("7", 2, 1_000);
    assertThat(catalogue.judge("7", 1, 1_500)).isTrue();
    assertThat(catalogue.staleTooLate()).isZero();
    assertThat(catalogue.judge("7", 1, 1_501)).isFalse();
    assertThat(catalogue.judge("7", 2, 9_000)).isTrue();
    assertThat(catalogue.judge("8", 1, 9_000)).isTrue();
    assertThat(catalogue.staleTooLate()).isEqualTo(1);
    assertThat(catalogue.oldest()).isEqualTo(Duration.ofNanos(501));
  }
}

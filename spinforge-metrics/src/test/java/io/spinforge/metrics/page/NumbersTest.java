package io.spinforge.metrics.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NumbersTest {
  private static final DecimalFormatSymbols ROOT = DecimalFormatSymbols.getInstance(Locale.ROOT);

  @Test
  void numbersReadAsTheJdkWritesThem() {
    Random random = new Random(42);
    String[] forms = {"#,##0", "#,##0.0", "#,##0.00"};
    for (int i = 0; i < 20_000; i++) {
      int decimals = random.nextInt(3);
      // In quarters, which are exact: how a half is rounded is another matter.
      double value =
          (random.nextInt(8_000_001) - 4_000_000) / 4.0 * Math.pow(10, random.nextInt(4));
      BigDecimal rounded =
          BigDecimal.valueOf(Math.abs(value)).setScale(decimals, RoundingMode.HALF_UP);
      String sign = value < 0 && rounded.signum() > 0 ? "-" : "";
      assertThat(Numbers.decimal(value, decimals))
          .as("value " + value)
          .isEqualTo(sign + new DecimalFormat(forms[decimals], ROOT).format(rounded));
    }
  }

  @Test
  void unitsFollowTheSize() {
    assertThat(Numbers.time(0)).isEqualTo("0 µs");
    assertThat(Numbers.time(0.000000042)).isEqualTo("42 ns");
    assertThat(Numbers.time(0.0000042)).isEqualTo("4 µs");
    assertThat(Numbers.time(0.00421)).isEqualTo("4.21 ms");
    assertThat(Numbers.time(0.421)).isEqualTo("421 ms");
    assertThat(Numbers.time(42.1)).isEqualTo("42.10 s");
    assertThat(Numbers.bytes(512)).isEqualTo("512 B");
    assertThat(Numbers.bytes(1536)).isEqualTo("1.5 KiB");
    assertThat(Numbers.bytes(3e9)).isEqualTo("2.8 GiB");
    assertThat(Numbers.share(0.12345)).isEqualTo("12.3 %");
    assertThat(Numbers.perSecond(1234)).isEqualTo("1,234/s");
    assertThat(Numbers.perSecond(0.25)).isEqualTo("0.3/s");
    assertThat(Numbers.plain(Double.NaN)).isEqualTo("–");
  }

  @Test
  void coordinatesHaveOneDecimalWhereTheyNeedOne() {
    assertThat(Numbers.coordinate(12)).isEqualTo("12");
    assertThat(Numbers.coordinate(12.34)).isEqualTo("12.3");
    assertThat(Numbers.coordinate(-0.26)).isEqualTo("-0.3");
  }
}

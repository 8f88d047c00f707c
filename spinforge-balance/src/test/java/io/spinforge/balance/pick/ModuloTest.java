package io.spinforge.balance.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import org.junit.jupiter.api.Test;

class ModuloTest {
  @Test
  void equalsTheUnsignedRemainder() {
    Seeds.run(
        20,
        (seed, random) -> {
          for (int i = 0; i < 10_000; i++) {
            int divisor = 1 + (random.nextInt() >>> 1 >>> random.nextInt(31));
            if (divisor < 1) {
              divisor = Integer.MAX_VALUE;
            }
            int dividend = random.nextInt();
            assertThat(new Modulo(divisor).of(dividend))
                .isEqualTo(Integer.remainderUnsigned(dividend, divisor));
          }
        });
  }

  @Test
  void holdsAtTheEdges() {
    int[] edges = {0, 1, 2, Integer.MAX_VALUE, Integer.MIN_VALUE, -2, -1};
    for (int divisor : new int[] {1, 2, 3, 65_536, Integer.MAX_VALUE}) {
      Modulo modulo = new Modulo(divisor);
      for (int dividend : edges) {
        assertThat(modulo.of(dividend)).isEqualTo(Integer.remainderUnsigned(dividend, divisor));
      }
    }
  }
}

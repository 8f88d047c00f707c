package io.spinforge.metrics.bind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GroupsTest {
  private final Set<String> open = new HashSet<>();
  private final Groups<Integer, Named> groups =
      new Groups<>("member", thing -> "m" + thing % 1000, Named::new);

  private final class Named extends Groups.Group<Integer> {
    private final String name;

    Named(String name) {
      this.name = name;
      open.add(name);
    }

    @Override
    void close() {
      open.remove(name);
    }
  }

  @Test
  void thingsOfOneNameAreOneGroupUntilTheLastLeaves() {
    groups.join(1);
    groups.join(1001);
    assertThat(groups.of(1)).isSameAs(groups.of(1001));
    assertThat(groups.of(1).sum(thing -> thing)).isEqualTo(1002);

    groups.leave(1);
    assertThat(groups.of(1)).isNull();
    assertThat(open).containsExactly("m1");
    groups.leave(1001);
    assertThat(open).isEmpty();
  }

  @Test
  void namesBeyondAHundredAreOtherUntilOneIsFree() {
    for (int i = 0; i < 150; i++) {
      groups.join(i);
    }
    assertThat(open).hasSize(Groups.MAX_NAMES + 1).contains("other");
    assertThat(groups.of(149).sum(thing -> 1)).isEqualTo(50);

    groups.leave(0);
    groups.leave(1);
    groups.join(500);
    assertThat(open).hasSize(Groups.MAX_NAMES).contains("other", "m500");
  }

  @Test
  void joiningTwiceCountsOnceAndLeavingAStrangerIsNothing() {
    groups.join(7);
    groups.join(7);
    groups.leave(8);
    groups.leave(7);
    assertThat(open).isEmpty();
  }

  @Test
  void whoeverJoinsAfterTheEndStaysOut() {
    groups.join(1);
    groups.close();
    groups.join(2);
    assertThat(open).isEmpty();
  }
}

package io.spinforge.cache.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EntryHeadTest {
  @Test
  void headTellsWhatTheEntryTellsAndLessWhereTheBytesEnd() {
    Seeds.run(
        200,
        (seed, random) -> {
          List<String> tags =
              IntStream.range(0, random.nextInt(6))
                  .mapToObj(i -> "täg" + random.nextInt())
                  .toList();
          WireEntry entry =
              new WireEntry(
                  random.nextLong() >>> 1,
                  random.nextLong() >>> 12,
                  1_800_000_000_000L,
                  random.nextInt(100_000),
                  0,
                  random.nextInt(100_000),
                  random.nextInt(1000),
                  1,
                  false,
                  random.nextBoolean() ? null : "\"etag\"",
                  random.nextBoolean() ? -1 : 1_800_000_000_000L,
                  tags,
                  0,
                  new byte[random.nextInt(50)]);
          byte[] bytes = EntryFormat.encode("c:k", entry);
          EntryHead head = EntryHead.read("c:k", bytes);
          assertThat(head.controlSequence()).isEqualTo(entry.controlSequence());
          assertThat(head.tags()).isEqualTo(tags);
          assertThat(EntryHead.read("c:other", bytes)).isNull();
          for (int end = 0; end < bytes.length; end++) {
            EntryHead part = EntryHead.read("c:k", Arrays.copyOf(bytes, end));
            if (end >= head.length()) {
              assertThat(part).isEqualTo(head);
            } else if (part != null) {
              assertThat(part.controlSequence()).isEqualTo(head.controlSequence());
              assertThat(part.tags()).isEqualTo(tags.subList(0, part.tags().size()));
              assertThat(part.length()).isLessThanOrEqualTo(end);
            }
          }
        });
  }
}

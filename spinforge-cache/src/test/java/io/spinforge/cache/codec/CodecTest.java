package io.spinforge.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.CharacterCodingException;
import org.junit.jupiter.api.Test;

class CodecTest {
  @Test
  void utf8BringsEveryTextBack() throws Exception {
    for (String text : new String[] {"", "plain", "é€𝄞", "\u0000"}) {
      assertThat(Codec.utf8().decode(Codec.utf8().encode(text))).isEqualTo(text);
    }
  }

  @Test
  void utf8RefusesWhatItCannotBringBack() {
    assertThatThrownBy(() -> Codec.utf8().encode("\ud800"))
        .isInstanceOf(CharacterCodingException.class);
    assertThatThrownBy(() -> Codec.utf8().decode(new byte[] {(byte) 0xff}))
        .isInstanceOf(CharacterCodingException.class);
  }

  @Test
  void bytesStayAsTheyAre() throws Exception {
    byte[] bytes = {1, 2, 3};
    assertThat(Codec.bytes().decode(Codec.bytes().encode(bytes))).isEqualTo(bytes);
    assertThat(Codec.bytes().id()).isNotEqualTo(Codec.utf8().id());
  }
}

package io.spinforge.scaling;

/** Writes JSON (RFC 8259) on one line. Not thread-safe. */
final class Json {
  private final StringBuilder out = new StringBuilder(1024);
  private boolean first = true;

  Json begin(char bracket) {
    comma();
    out.append(bracket);
    first = true;
    return this;
  }

  Json end(char bracket) {
    out.append(bracket);
    first = false;
    return this;
  }

  Json name(String name) {
    comma();
    quote(name);
    out.append(':');
    first = true;
    return this;
  }

  Json value(String value) {
    comma();
    quote(value);
    return this;
  }

  Json value(long value) {
    comma();
    out.append(value);
    return this;
  }

  /** Writes a number; what JSON has no number for becomes {@code null}. */
  Json value(double value) {
    comma();
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      out.append("null");
    } else {
      out.append(value);
    }
    return this;
  }

  Json value(boolean value) {
    comma();
    out.append(value);
    return this;
  }

  Json nothing() {
    comma();
    out.append("null");
    return this;
  }

  private void comma() {
    if (!first) {
      out.append(',');
    }
    first = false;
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          // Lone surrogates have no UTF-8; escaped they survive every encoding.
          if (c < 0x20 || Character.isSurrogate(c)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  @Override
  public String toString() {
    return out.toString();
  }
}

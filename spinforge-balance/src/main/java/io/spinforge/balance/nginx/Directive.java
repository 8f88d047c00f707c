package io.spinforge.balance.nginx;

import java.util.List;

/**
 * A line of a configuration: words up to a semicolon, or up to a block of more.
 *
 * @param line where it begins, from 1
 * @param words at least one: the name and what follows
 * @param block what is in braces; empty if there are none
 */
record Directive(int line, List<String> words, List<Directive> block) {
  String name() {
    return words.get(0);
  }

  List<String> args() {
    return words.subList(1, words.size());
  }

  IllegalArgumentException wrong(String what, String rule) {
    return wrong(line, what, rule);
  }

  static IllegalArgumentException wrong(int line, String what, String rule) {
    return new IllegalArgumentException("line " + line + ": " + what + " (expected: " + rule + ")");
  }
}

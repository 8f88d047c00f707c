package io.spinforge.balance.nginx;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads nginx' configuration language: words, quoted or not, with backslashes; comments from a #
 * that begins a word; semicolons; braces. One character after another, without regular expressions,
 * so that no input takes long; blocks are not nested deeper than {@value #DEEPEST}.
 */
final class Lexer {
  private static final int DEEPEST = 50;

  private final String text;
  private int at;
  private int line = 1;

  private Lexer(String text) {
    this.text = text;
  }

  static List<Directive> read(String text) {
    return new Lexer(text).directives(0, 1);
  }

  private List<Directive> directives(int depth, int opened) {
    if (depth > DEEPEST) {
      throw Directive.wrong(line, "{", "at most " + DEEPEST + " blocks within each other");
    }
    List<Directive> found = new ArrayList<>();
    List<String> words = new ArrayList<>();
    int begins = line;
    while (true) {
      skipBlanks();
      if (at == text.length()) {
        end(depth, opened, words, begins);
        return found;
      }
      char c = text.charAt(at);
      if (words.isEmpty()) {
        begins = line;
      }
      if (c == ';' || c == '{') {
        at++;
        if (words.isEmpty()) {
          throw Directive.wrong(line, String.valueOf(c), "a directive before it");
        }
        List<Directive> block = c == '{' ? directives(depth + 1, begins) : List.of();
        found.add(new Directive(begins, List.copyOf(words), block));
        words.clear();
      } else if (c == '}') {
        at++;
        if (depth == 0 || !words.isEmpty()) {
          throw Directive.wrong(line, "}", words.isEmpty() ? "a { before it" : "; after " + words);
        }
        return found;
      } else {
        words.add(c == '"' || c == '\'' ? quoted(c) : word());
      }
    }
  }

  private static void end(int depth, int opened, List<String> words, int begins) {
    if (!words.isEmpty()) {
      throw Directive.wrong(begins, String.join(" ", words), "; or { after it");
    }
    if (depth > 0) {
      throw Directive.wrong(opened, "{", "a } before the end");
    }
  }

  private void skipBlanks() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        int next = text.indexOf('\n', at);
        at = next < 0 ? text.length() : next;
      } else if (isBlank(c)) {
        line += c == '\n' ? 1 : 0;
        at++;
      } else {
        return;
      }
    }
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private String word() {
    StringBuilder word = new StringBuilder();
    boolean variable = false;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '{' && at > 0 && text.charAt(at - 1) == '$') {
        variable = true; // the brace of ${name} opens no block
      } else if (c == '}' && variable) {
        variable = false;
      } else if (isBlank(c) || c == ';' || c == '{' || c == '}') {
        break;
      }
      word.append(c == '\\' ? escaped() : String.valueOf(c));
    }
    return word.toString();
  }

  private String quoted(char quote) {
    int begins = line;
    StringBuilder word = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == quote) {
        at++;
        if (at < text.length() && !isBlank(text.charAt(at)) && ";{)".indexOf(text.charAt(at)) < 0) {
          throw Directive.wrong(line, String.valueOf(quote), "a blank, ; or { after it");
        }
        return word.toString();
      }
      line += c == '\n' ? 1 : 0;
      word.append(c == '\\' ? escaped() : String.valueOf(c));
    }
    throw Directive.wrong(begins, String.valueOf(quote), "another " + quote + " before the end");
  }

  /** Reads a backslash and what follows; it hides what would end the word, and stays elsewhere. */
  private String escaped() {
    if (at + 1 == text.length()) {
      return "\\";
    }
    char next = text.charAt(++at);
    line += next == '\n' ? 1 : 0;
    return switch (next) {
      case '"', '\'', '\\' -> String.valueOf(next);
      case 't' -> "\t";
      case 'r' -> "\r";
      case 'n' -> "\n";
      default -> "\\" + next;
    };
  }
}

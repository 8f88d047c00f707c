package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URL;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class BomTest {

  @Test
  void slf4j2WinsOverTheOneThatLettuceAsksFor() throws Exception {
    // The provider mechanism is new in 2.x; 1.7 has no such class.
    Class.forName("org.slf4j.spi.SLF4JServiceProvider");
    String jar = "org/slf4j/LoggerFactory.class";
    List<URL> found = Collections.list(getClass().getClassLoader().getResources(jar));
    assertEquals(1, found.size(), () -> "one slf4j-api on the class path: " + found);
    String url = LoggerFactory.class.getResource("LoggerFactory.class").toString();
    assertTrue(url.contains("slf4j-api-2."), url);
  }
}

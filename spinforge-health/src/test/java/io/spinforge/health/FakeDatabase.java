package io.spinforge.health;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** Data sources whose connections do what no real database does on demand. */
final class FakeDatabase {
  private FakeDatabase() {}

  static DataSource fine() {
    return with(connection(new CountDownLatch(0), true));
  }

  /** Its connections are never found to be valid or not, until they are aborted. */
  static DataSource hangs() {
    return with(connection(new CountDownLatch(1), true));
  }

  static DataSource saysNo() {
    return with(connection(new CountDownLatch(0), false));
  }

  static DataSource throwing(SQLException e) {
    return proxy(
        DataSource.class,
        (self, method, arguments) -> {
          if (method.getName().equals("getConnection")) {
            throw e;
          }
          return plain(self, method, arguments);
        });
  }

  private static DataSource with(Connection connection) {
    return proxy(
        DataSource.class,
        (self, method, arguments) ->
            method.getName().equals("getConnection") ? connection : plain(self, method, arguments));
  }

  private static Connection connection(CountDownLatch aborted, boolean valid) {
    return proxy(
        Connection.class,
        (self, method, arguments) -> {
          switch (method.getName()) {
            case "isValid":
              uninterruptibly(aborted);
              return valid;
            case "abort":
              aborted.countDown();
              return null;
            default:
              return plain(self, method, arguments);
          }
        });
  }

  /** As stubborn as a socket: an interrupt does not end it. */
  private static void uninterruptibly(CountDownLatch latch) {
    boolean over = false;
    while (!over) {
      try {
        over = latch.await(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        // Goes on.
      }
    }
  }

  private static Object plain(Object self, Method method, Object[] arguments) {
    Class<?> type = method.getReturnType();
    switch (method.getName()) {
      case "hashCode":
        return System.identityHashCode(self);
      case "equals":
        return self == arguments[0];
      case "toString":
        return "fake";
      default:
        return type == boolean.class ? (Object) false : type == int.class ? (Object) 0 : null;
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            FakeDatabase.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}

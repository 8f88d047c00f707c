package io.spinforge.scaling.lease;

import java.sql.SQLException;
import java.util.OptionalLong;
import org.postgresql.ds.PGSimpleDataSource;

/** A process that holds a lease and writes by it all the time; ends with its database. */
final class LeaseHolder {
  private LeaseHolder() {}

  public static void main(String[] args) throws InterruptedException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(args[0]);
    Elector lease = LeaseIT.suspended(source);
    int failures = 0;
    while (failures < 50) {
      try {
        lease.renew();
        OptionalLong fence = lease.fence();
        if (fence.isPresent()) {
          Thread.sleep(20); // so that a suspension often falls between the look and the write
          LeaseIT.write(source, fence.getAsLong());
        }
        failures = 0;
      } catch (SQLException e) {
        failures++;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      Thread.sleep(100);
    }
  }
}

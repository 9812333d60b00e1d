package io.seatlock.server;

/** The server, in a process where the thread that serves clients dies of something. */
final class ServerThatFails {

  private static final long EVERY_MILLIS = 10;

  private ServerThatFails() {}

  public static void main(String[] args) {
    Thread fault = new Thread(ServerThatFails::hit, "fault");
    fault.setDaemon(true);
    fault.start();
    Main.main(args);
  }

  /** There is no other way to have it die without changing what is tested. */
  @SuppressWarnings({"deprecation", "removal"})
  private static void hit() {
    while (true) {
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().startsWith("seatlock-clients-")) {
          thread.stop();
          return;
        }
      }
      try {
        Thread.sleep(EVERY_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}

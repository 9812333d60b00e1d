package io.seatlock.server.options;

import java.io.IOException;
import java.net.InetSocketAddress;
import picocli.CommandLine.Option;

/** Where clients and operators connect. */
public final class ListenOptions extends OptionGroup {

  private static final int MAX_SELECTORS = 64;

  @Option(
      names = "--host",
      paramLabel = "<address>",
      defaultValue = "${env:SEATLOCK_HOST:-127.0.0.1}",
      description = "Where clients connect.")
  private String host = "";

  @Option(
      names = "--port",
      paramLabel = "<port>",
      defaultValue = "${env:SEATLOCK_PORT:-8887}",
      description = "Where clients connect; 0 takes a free one.")
  private int port;

  @Option(
      names = "--admin-port",
      paramLabel = "<port>",
      defaultValue = "${env:SEATLOCK_ADMIN_PORT:-8888}",
      description = "Where GET /health is answered, on the same address; 0 takes a free one.")
  private int adminPort;

  @Option(
      names = "--selectors",
      paramLabel = "<count>",
      defaultValue = "${env:SEATLOCK_SELECTORS:-1}",
      description = "How many threads serve clients, each with its own listening socket.")
  private int selectors;

  /**
   * Where clients connect.
   *
   * @throws IOException if there is no such address
   */
  public InetSocketAddress address() throws IOException {
    return address("--port", port);
  }

  /**
   * Where operators ask.
   *
   * @throws IOException if there is no such address
   */
  public InetSocketAddress adminAddress() throws IOException {
    return address("--admin-port", adminPort);
  }

  /** How many threads serve clients. */
  public int selectors() {
    if (selectors < 1 || selectors > MAX_SELECTORS) {
      throw wrongUsage("--selectors must be from 1 to " + MAX_SELECTORS + ", not " + selectors);
    }
    return selectors;
  }

  private InetSocketAddress address(String option, int number) throws IOException {
    if (number < 0 || number > 0xffff) {
      throw wrongUsage(option + " must be from 0 to 65535, not " + number);
    }
    InetSocketAddress address = new InetSocketAddress(host, number);
    if (address.isUnresolved()) {
      throw new IOException("there is no address " + host);
    }
    return address;
  }
}

package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/** A connection that only listens. With a witness it looks at what it receives, else it counts. */
final class Subscriber extends Client {

  private final Ledger.@Nullable Witness witness;

  Subscriber(
      String name,
      Selector selector,
      InetSocketAddress address,
      Dialect dialect,
      int receiveBuffer,
      Ledger.@Nullable Witness witness)
      throws IOException {
    super(name, selector, address, dialect, receiveBuffer);
    this.witness = witness;
  }

  /** What it has seen, if it looks. */
  Ledger.@Nullable Witness witness() {
    return witness;
  }

  @Override
  boolean looksAtMessages() {
    return witness != null;
  }

  @Override
  void onMessage(Message message) {
    if (witness != null) {
      witness.see(message);
    }
  }
}

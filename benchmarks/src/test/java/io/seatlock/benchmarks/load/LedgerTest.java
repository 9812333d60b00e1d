package io.seatlock.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private final Faults faults = new Faults();
  private final Histogram times = new Histogram(3_600_000_000_000L, 3);
  private final Ledger ledger = new Ledger(2, 2, faults, times);
  private final Ledger.Witness witness = ledger.new Witness("subscriber", true);

  @Test
  void see_whatWasSent_isNoFault() {
    ledger.send(1, 0, System.nanoTime());
    ledger.send(1, 0, System.nanoTime());

    assertThat(witness.see(message("locked", 1, 0))).isTrue();
    assertThat(witness.see(message("unlocked", 1, 0))).isTrue();
    assertThat(faults.isEmpty()).isTrue();
  }

  @Test
  void see_repeatedLock_isFault() {
    ledger.send(0, 0, 0);
    ledger.send(0, 0, 0);
    witness.see(message("locked", 0, 0));

    assertThat(witness.see(message("locked", 0, 0))).isFalse();
    assertThat(faults.shown().toString()).contains("subscriber", "w0s0");
  }

  @Test
  void see_moreThanWasSent_isFault() {
    assertThat(witness.see(message("locked", 0, 1))).isFalse();
    assertThat(witness.see(message("locked", 2, 0))).isFalse();
    assertThat(witness.see(message("locked", 0, 2))).isFalse();
    assertThat(faults.shown()).hasSize(3);
  }

  @Test
  void see_numberLeftOut_isFault() {
    ledger.send(0, 0, 0);
    ledger.send(0, 0, 0);
    witness.see(message("{\"event\":\"locked\",\"seq\":4,\"seats\":[\"w0s0\"]}"));

    assertThat(witness.see(message("{\"event\":\"unlocked\",\"seq\":6,\"seats\":[\"w0s0\"]}")))
        .isFalse();
    assertThat(faults.shown()).containsExactly("subscriber: change 6 came after 4");
  }

  @Test
  void see_farBehind_takesTheTimeOfTheOperationItIsAbout() {
    ledger.measure(true);
    long longAgo = System.nanoTime() - 60_000_000_000L;
    for (int n = 0; n < 10_000; n++) {
      ledger.send(0, 0, n < 5_000 ? longAgo : System.nanoTime());
    }
    for (int n = 0; n < 10_000; n++) {
      witness.see(message(n % 2 == 0 ? "locked" : "unlocked", 0, 0));
    }

    assertThat(faults.isEmpty()).isTrue();
    assertThat(times.getCountBetweenValues(60_000_000_000L, Long.MAX_VALUE / 2)).isEqualTo(5_000);
    assertThat(times.getTotalCount()).isEqualTo(10_000);
  }

  @Test
  void order_sameChangesInAnotherOrder_differs() {
    Ledger.Witness other = ledger.new Witness("other", false);
    ledger.send(0, 0, 0);
    ledger.send(1, 1, 0);
    witness.see(message("locked", 0, 0));
    witness.see(message("locked", 1, 1));
    other.see(message("locked", 1, 1));
    other.see(message("lockedForYou", 0, 0));

    assertThat(other.order()).isNotEqualTo(witness.order());
    assertThat(faults.isEmpty()).isTrue();
  }

  private static Message message(String event, int writer, int slot) {
    return message("{\"event\":\"%s\",\"data\":\"w%ds%d\"}".formatted(event, writer, slot));
  }

  private static Message message(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    Message message = new Message();
    message.parse(ByteBuffer.wrap(bytes), 0, bytes.length);
    return message;
  }
}

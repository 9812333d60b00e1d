package io.seatlock.server.client;

import static io.seatlock.server.testing.TestServer.SECRET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.seatlock.core.Command;
import io.seatlock.core.SeatLock;
import io.seatlock.core.Session;
import io.seatlock.core.Show;
import io.seatlock.core.ShowSettings;
import io.seatlock.server.testing.ClassicClient;
import io.seatlock.server.testing.RawClient;
import io.seatlock.server.testing.TestServer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Shows that anybody may name are forgotten once there is nothing in them. */
@Timeout(60)
class ShowsTest {

  private final SeatLock seatLock = SeatLock.create(ShowSettings.DEFAULT);
  private final Shows shows = new Shows(seatLock);

  @AfterEach
  void close() {
    seatLock.close();
  }

  private boolean isThere(String name) {
    return seatLock.find(name).isPresent();
  }

  @Test
  void sweep_showThatNobodyIsInAndNothing_isForgotten() {
    Show show = shows.enter("hamlet");
    assertThat(shows.enter("hamlet")).isSameAs(show);
    shows.leave(show);
    shows.sweep();
    assertThat(isThere("hamlet")).isTrue();
    shows.leave(show);
    assertThat(isThere("hamlet")).isTrue();
    shows.sweep();
    assertThat(isThere("hamlet")).isFalse();
    assertThat(shows.enter("hamlet")).isNotSameAs(show);
    shows.sweep();
    assertThat(isThere("hamlet")).isTrue();
  }

  @Test
  void sweep_showWithASession_stays() {
    Show show = shows.enter("hamlet");
    Session session = show.openSession();
    shows.leave(show);
    shows.sweep();
    assertThat(isThere("hamlet")).isTrue();
    session.lock("A1");
    session.close();
    shows.sweep();
    assertThat(isThere("hamlet")).isFalse();
  }

  @Test
  void sweep_showWithATakenSeat_staysAsLongAsThatIs() {
    for (List<Command> takeAndFree :
        List.<List<Command>>of(
            List.of(Command.reserve("A1"), Command.unreserve("A1")),
            List.of(Command.pay("A1"), Command.unpay("A1")),
            List.of(Command.block("A1"), Command.unblock("A1")))) {
      Show show = shows.enter("hamlet");
      show.apply(takeAndFree.get(0));
      shows.leave(show);
      shows.sweep();
      assertThat(seatLock.find("hamlet")).containsSame(show);
      assertThat(shows.enter("hamlet")).isSameAs(show);
      show.apply(takeAndFree.get(1));
      shows.leave(show);
      shows.sweep();
      assertThat(isThere("hamlet")).isFalse();
    }
  }

  @Test
  void server_randomPaths_leaveNothingBehind() throws Exception {
    long seed = 7;
    Random random = new Random(seed);
    // The server itself sweeps every few seconds.
    try (TestServer server = TestServer.start()) {
      try (ClassicClient seller = ClassicClient.join(server.address(), "/sold")) {
        seller.act("pay", "A1", SECRET).expectEvent("paid", "A1");
      }
      String[] names = new String[300];
      for (int i = 0; i < names.length; i++) {
        names[i] = "x" + Long.toString(random.nextLong(), 36);
        try (RawClient client = RawClient.open(server.address(), "/" + names[i])) {
          client.send(ClassicClient.action("lock", "A1"));
          assertThat(client.next()).isEqualTo(ClassicClient.EMPTY_START);
          assertThat(client.next()).isEqualTo(ClassicClient.event("lockedForYou", "A1"));
          if (random.nextBoolean()) {
            client.reset();
          }
        }
      }
      try (ClassicClient staying = ClassicClient.join(server.address(), "/staying")) {
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () -> {
                  for (String name : names) {
                    assertThat(server.seatLock().find(name)).as("%s", seed).isEmpty();
                  }
                });
        assertThat(server.seatLock().find("sold")).isPresent();
        staying.act("lock", "A1").expectEvent("lockedForYou", "A1");
      }
      try (ClassicClient again = ClassicClient.connect(server.address(), "/sold")) {
        assertThat(again.next()).contains("\"paid\":[\"A1\"]");
      }
      ClassicClient.join(server.address(), "/" + names[0]).close();
    }
  }
}

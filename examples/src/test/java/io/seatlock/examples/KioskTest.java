package io.seatlock.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.seatlock.client.ConnectionState;
import io.seatlock.client.SeatLockClient;
import io.seatlock.client.testkit.FakeSeatLockServer;
import io.seatlock.core.Command;
import io.seatlock.core.Result;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.ShowSettings;
import io.seatlock.examples.Kiosk.Key;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A buyer at the kiosk, and a server that makes trouble. */
@Timeout(120)
class KioskTest {

  private static final Duration GRACE = Duration.ofMinutes(1);

  private final FakeSeatLockServer server =
      FakeSeatLockServer.start(
          ShowSettings.DEFAULT.withGrace(GRACE).withWarnBefore(Duration.ofMinutes(1)));
  private final Kiosk kiosk = new Kiosk();
  private final SeatLockClient client =
      SeatLockClient.builder(server.uri())
          .listener(kiosk)
          .retry(Duration.ofMillis(1), Duration.ofMillis(20))
          .connect()
          .orTimeout(30, TimeUnit.SECONDS)
          .join();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private void press(Key... keys) {
    for (Key key : keys) {
      kiosk.press(key, client);
    }
  }

  private String screen() {
    return kiosk.draw(client);
  }

  private void awaitScreen(String part) {
    soon().untilAsserted(() -> assertThat(screen()).contains(part));
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(5));
  }

  private List<String> seats(SeatStatus status) {
    return server.show().snapshot().seats(status);
  }

  private void unplug() {
    server.refuseConnections(true);
    server.dropConnections();
    soon().until(() -> client.state() == ConnectionState.SUSPENDED);
  }

  private void plugIn() {
    server.refuseConnections(false);
    soon().until(() -> client.state() == ConnectionState.ONLINE);
  }

  // --- the hall

  @Test
  void select_locksTheSeatUnderTheCursor_andAgainUnlocksIt() {
    press(Key.DOWN, Key.RIGHT, Key.RIGHT, Key.SELECT);
    awaitScreen(" B  .  . [#] .");
    assertThat(seats(SeatStatus.LOCKED)).containsExactly("B3");
    assertThat(screen()).containsPattern("ONLINE  \\d+ s");

    press(Key.SELECT);
    awaitScreen(" B  .  . [.] .");
    assertThat(seats(SeatStatus.LOCKED)).isEmpty();
  }

  @Test
  void cursor_staysInTheHall() {
    press(Key.UP, Key.LEFT);
    assertThat(screen()).contains(" A [.] .");
    for (int i = 0; i < 20; i++) {
      press(Key.DOWN, Key.RIGHT);
    }
    assertThat(screen()).contains(" . [.]  \n\n").contains(" F  .");
  }

  @Test
  void othersSeats_areDrawnAsWhatTheyAre() {
    server.show().openSession().lock("A1");
    server.show().apply(Command.reserve("A2"));
    server.show().apply(Command.pay("A3"));
    server.show().apply(Command.block("A4"));

    awaitScreen(" A [o] R  X  -  .");
  }

  @Test
  void lockOfATakenSeat_isRefused_andSaysWhy() {
    server.show().openSession().lock("A1");
    press(Key.SELECT);

    awaitScreen("ALREADY_LOCKED");
    assertThat(client.seats().mine()).isEmpty();
  }

  @Test
  void extend_startsTheTimeLimitAnew() {
    press(Key.SELECT);
    awaitScreen("[#]");
    server.passTime(Duration.ofMinutes(9));
    awaitScreen("still there? 60 s left");
    assertThat(screen()).containsPattern("ONLINE  \\d{1,2} s");
    press(Key.EXTEND);

    soon().untilAsserted(() -> assertThat(screen()).containsPattern("ONLINE  \\d{3} s"));
  }

  // --- selling

  @Test
  void pay_sellsAllThatIsMine() {
    press(Key.SELECT, Key.RIGHT, Key.SELECT);
    awaitScreen(" A  # [#]");
    press(Key.PAY);

    awaitScreen(" A  X [X]");
    assertThat(seats(SeatStatus.PAID)).containsExactly("A1", "A2");
  }

  @Test
  void pay_nothingIsMine_sellsNothing() {
    server.show().openSession().lock("A1");
    awaitScreen("[o]");
    press(Key.PAY);

    awaitScreen("nothing is yours");
    assertThat(seats(SeatStatus.PAID)).isEmpty();
  }

  @Test
  void pay_whileUnplugged_seatHasPassedToAnother_isRefused() {
    press(Key.SELECT);
    awaitScreen("[#]");
    unplug();
    server.passTime(GRACE);
    var other = server.show().openSession();
    assertThat(other.lock("A1")).isInstanceOf(Result.Granted.class);
    awaitScreen("[#]"); // It cannot know.
    press(Key.PAY);
    plugIn();

    awaitScreen("NOT_YOURS");
    assertThat(seats(SeatStatus.PAID)).isEmpty();
    assertThat(other.unlock("A1")).isInstanceOf(Result.Granted.class);
  }

  @Test
  void pay_whileUnplugged_stillMine_isDoneOnReturn() {
    press(Key.SELECT);
    awaitScreen("[#]");
    unplug();
    press(Key.PAY);
    plugIn();

    awaitScreen("[X]");
  }

  // --- trouble

  @Test
  void unplugged_saysSo_andComesBackWithItsSeats() {
    press(Key.SELECT);
    awaitScreen("[#]");
    unplug();
    assertThat(screen()).contains("SUSPENDED").contains("[#]");
    server.show().apply(Command.pay("A2"));
    plugIn();

    awaitScreen(" A [#] X");
    assertThat(screen()).contains("ONLINE");
  }

  @Test
  void unpluggedForTooLong_comesBackWithoutItsSeats() {
    press(Key.SELECT);
    awaitScreen("[#]");
    unplug();
    server.passTime(GRACE);
    plugIn();

    awaitScreen(" A [.] .");
    press(Key.SELECT);
    awaitScreen(" A [#] .");
  }
}

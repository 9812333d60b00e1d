package io.seatlock.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.client.testkit.FakeSeatLockServer;
import io.seatlock.core.Reason;
import io.seatlock.core.SeatStatus;
import io.seatlock.protocol.Role;
import org.junit.jupiter.api.Test;

/** The server for tests keeps to keys, roles, shows and seats as the real one does. */
class FakeServerTest extends ClientTestBase {

  @Test
  void key_letsItsClientDoWhatItsRoleMay() {
    FakeSeatLockServer server =
        closing(
            FakeSeatLockServer.builder()
                .key("box office", Role.BACKEND)
                .key("display", Role.VIEWER)
                .start());
    SeatLockClient kiosk = connect(SeatLockClient.builder(server.uri()));
    SeatLockClient backend = connect(SeatLockClient.builder(server.uri()).key("box office"));
    SeatLockClient viewer = connect(SeatLockClient.builder(server.uri()).key("display"));
    assertThat(get(kiosk.lock("A1"))).isInstanceOf(Outcome.Granted.class);
    assertThat(get(kiosk.pay("A1"))).isInstanceOf(Outcome.Forbidden.class);
    assertThat(get(viewer.lock("A2"))).isInstanceOf(Outcome.Forbidden.class);
    assertThat(get(backend.pay("A1"))).isInstanceOf(Outcome.Granted.class);
    assertThat(server.show().snapshot().seats(SeatStatus.PAID)).containsExactly("A1");
  }

  @Test
  void key_thatThereIsNot_opensNothing() {
    FakeSeatLockServer server =
        closing(FakeSeatLockServer.builder().key("box office", Role.BACKEND).start());
    assertThatThrownBy(() -> get(SeatLockClient.builder(server.uri()).key("guessed").connect()))
        .hasRootCauseInstanceOf(ConnectFailedException.class);
  }

  @Test
  void withoutKeys_everyClientMayDoEverything() {
    FakeSeatLockServer server = closing(FakeSeatLockServer.start());
    SeatLockClient client = connect(SeatLockClient.builder(server.uri()).key("any"));
    assertThat(get(client.pay("A1"))).isInstanceOf(Outcome.Granted.class);
  }

  @Test
  void shows_areNamedByThePathAndDoNotHearOfEachOther() {
    FakeSeatLockServer server = closing(FakeSeatLockServer.start());
    SeatLockClient hamlet = connect(SeatLockClient.builder(server.uri("hamlet")));
    SeatLockClient faust = connect(SeatLockClient.builder(server.uri("faust")));
    assertThat(get(hamlet.lock("A1"))).isInstanceOf(Outcome.Granted.class);
    assertThat(get(faust.lock("A1"))).isInstanceOf(Outcome.Granted.class);
    assertThat(server.show("hamlet").snapshot().seq()).isEqualTo(1);
    assertThat(server.show("faust").snapshot().seq()).isEqualTo(1);
    assertThat(server.show().snapshot().seq()).isZero();
  }

  @Test
  void show_ofKnownSeats_hasNoOthers() {
    FakeSeatLockServer server =
        closing(FakeSeatLockServer.builder().show("hamlet", "A1", "A2").start());
    SeatLockClient kiosk = connect(SeatLockClient.builder(server.uri("hamlet")));
    assertThat(get(kiosk.lock("A1"))).isInstanceOf(Outcome.Granted.class);
    assertThat(get(kiosk.lock("B1")))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.UNKNOWN_SEAT));
  }
}

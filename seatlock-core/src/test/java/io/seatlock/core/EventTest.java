package io.seatlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EventTest {

  @ParameterizedTest
  @CsvSource({
    "LOCKED,     LOCKED_FOR_YOU,   LOCKED",
    "UNLOCKED,   UNLOCKED_FOR_YOU, UNLOCKED",
    "RELEASED,   ,                 UNLOCKED",
    "EXPIRED,    DELETED,          UNLOCKED",
    "RESERVED,   RESERVED,         RESERVED",
    "UNRESERVED, UNRESERVED,       UNRESERVED",
    "PAID,       PAID,             PAID",
    "UNPAID,     UNPAID,           UNPAID",
    "BLOCKED,    BLOCKED,          BLOCKED",
    "UNBLOCKED,  UNBLOCKED,        UNBLOCKED",
    "EXPIRING,   EXPIRING,         "
  })
  void typeFor_authorAndOthers_areToldInTheirOwnWords(
      Change change, EventType toAuthor, EventType toOthers) {
    Event event = new Event(1, 0, change, "me", List.of("A1"));
    assertThat(event.typeFor("me")).isEqualTo(toAuthor);
    assertThat(event.typeFor("other")).isEqualTo(toOthers);
    assertThat(event.typeFor(null)).isEqualTo(toOthers);
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void typeFor_changeWithoutAuthor_tellsEveryoneTheSame(Change change) {
    Event event = new Event(1, 0, change, null, List.of("A1"));
    assertThat(event.typeFor("me")).isEqualTo(change.toOthers());
    assertThat(event.typeFor(null)).isEqualTo(change.toOthers());
  }

  private static final Set<EventType> TO_OTHERS_ALONE =
      EnumSet.of(EventType.LOCKED, EventType.UNLOCKED);
  private static final Set<EventType> TO_THE_AUTHOR_ALONE =
      EnumSet.of(
          EventType.LOCKED_FOR_YOU,
          EventType.UNLOCKED_FOR_YOU,
          EventType.EXPIRING,
          EventType.DELETED);

  @ParameterizedTest
  @EnumSource(Change.class)
  void words_ofAChange_reachEveryoneOnceAndNobodyElse(Change change) {
    if (change == Change.TAKEN_OVER) {
      assertThat(change.toOthers()).as("nobody hears of it").isNull();
      assertThat(change.toAuthor()).isNull();
    } else if (change.toOthers() == change.toAuthor()) {
      assertThat(change.toOthers()).isNotIn(TO_OTHERS_ALONE).isNotIn(TO_THE_AUTHOR_ALONE);
    } else {
      if (change.toOthers() != null) {
        assertThat(change.toOthers()).isIn(TO_OTHERS_ALONE);
      }
      if (change.toAuthor() != null) {
        assertThat(change.toAuthor()).isIn(TO_THE_AUTHOR_ALONE);
      }
    }
  }

  @Test
  void seats_changedAfterwards_areNotThoseOfTheEvent() {
    List<String> seats = new ArrayList<>(List.of("A1"));
    Event event = new Event(1, 0, Change.LOCKED, "me", seats);
    seats.clear();
    assertThat(event.seats()).containsExactly("A1");
  }
}

package io.seatlock.client;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a back end does with seats, beyond naming them:
 *
 * <pre>{@code
 * client.pay(Sale.ofSeats("A1", "A2").heldBy(holder).ref("order 17"))
 * }</pre>
 *
 * @param seats the seats, at least one and none twice
 * @param holder if not null, it is refused unless every seat is locked by that holder then; for
 *     reserve and pay
 * @param due if not null, when the seats are available again, by the server's clock; for reserve
 * @param ref if not null, the order reference, at most 128 characters; for reserve and pay
 * @param reason if not null, why it is done, at most 128 characters
 */
public record Sale(
    List<String> seats,
    @Nullable String holder,
    @Nullable Instant due,
    @Nullable String ref,
    @Nullable String reason) {

  /** Copies the list. What it says is checked when it is used. */
  public Sale {
    seats = List.copyOf(seats);
  }

  /** Nothing but seats. */
  public static Sale ofSeats(String... seats) {
    return new Sale(List.of(seats), null, null, null, null);
  }

  /** This on condition that the holder has locked every seat: {@link SeatLockClient#holder}. */
  public Sale heldBy(String holder) {
    return new Sale(seats, Objects.requireNonNull(holder, "holder"), due, ref, reason);
  }

  /** This until a moment. */
  public Sale due(Instant due) {
    return new Sale(seats, holder, Objects.requireNonNull(due, "due"), ref, reason);
  }

  /** This with an order reference. */
  public Sale ref(String ref) {
    return new Sale(seats, holder, due, Objects.requireNonNull(ref, "ref"), reason);
  }

  /** This with a word why. */
  public Sale because(String reason) {
    return new Sale(seats, holder, due, ref, Objects.requireNonNull(reason, "reason"));
  }
}

package io.seatlock.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What all checks say of a history.
 *
 * @param faults what cannot be true
 * @param checks how many facts were looked at
 * @param ends how many seats became free by themselves
 */
public record Verdict(List<String> faults, int checks, int ends) {

  /** Checks a history whose shows were empty at its beginning. */
  static Verdict of(History history, Promise promise) {
    List<String> faults = new ArrayList<>();
    int checks = 0;
    int ends = 0;
    for (Chronicle chronicle : history.chronicles()) {
      List<Operation> operations = history.operations(chronicle.show());
      OrderCheck order = new OrderCheck(chronicle, operations, promise);
      faults.addAll(order.run());
      checks += order.checks();
      ends += order.ends();
      List<Operation> ordered = promise.freshReads() ? operations : withoutReads(operations);
      for (String seat : seats(operations)) {
        List<SeatOperation> ofSeat = SeatOperation.of(seat, ordered, promise);
        checks += ofSeat.size();
        Linearizability.check(ofSeat).ifPresent(fault -> faults.add(seat + ": " + fault));
      }
    }
    return new Verdict(List.copyOf(faults), checks, ends);
  }

  private static List<Operation> withoutReads(List<Operation> operations) {
    return operations.stream().filter(each -> each.action() != Action.STATE).toList();
  }

  private static Set<String> seats(List<Operation> operations) {
    Set<String> seats = new TreeSet<>();
    operations.forEach(operation -> seats.addAll(operation.seats()));
    return seats;
  }

  /** Whether nothing is wrong. */
  public boolean isClean() {
    return faults.isEmpty();
  }
}

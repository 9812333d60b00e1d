package io.seatlock.examples;

import io.seatlock.client.Seats;
import io.seatlock.core.SeatStatus;

/** A small hall as text, with a cursor. */
final class SeatPlan {

  private static final int ROWS = 6;
  private static final int SEATS_A_ROW = 12;

  private int row;
  private int column;

  /** Moves the cursor, which stays inside the hall. */
  void move(int rows, int columns) {
    row = Math.max(0, Math.min(ROWS - 1, row + rows));
    column = Math.max(0, Math.min(SEATS_A_ROW - 1, column + columns));
  }

  /** The seat under the cursor. */
  String selected() {
    return id(row, column);
  }

  /** The hall in lines of equal length. */
  String draw(Seats seats) {
    StringBuilder text = new StringBuilder();
    text.append("   ");
    for (int c = 0; c < SEATS_A_ROW; c++) {
      text.append(String.format("%3d", c + 1));
    }
    text.append(" \n");
    for (int r = 0; r < ROWS; r++) {
      text.append(' ').append(rowName(r)).append(' ');
      for (int c = 0; c < SEATS_A_ROW; c++) {
        boolean here = r == row && c == column;
        text.append(here ? '[' : ' ');
        text.append(symbol(seats, id(r, c)));
        text.append(here ? ']' : ' ');
      }
      text.append("  \n");
    }
    return text.toString();
  }

  private static char symbol(Seats seats, String seat) {
    if (seats.isMine(seat)) {
      return '#';
    }
    SeatStatus status = seats.status(seat);
    return switch (status) {
      case AVAILABLE -> '.';
      case LOCKED -> 'o';
      case RESERVED -> 'R';
      case PAID -> 'X';
      case BLOCKED -> '-';
    };
  }

  private static String id(int row, int column) {
    return rowName(row) + (column + 1);
  }

  private static String rowName(int row) {
    return String.valueOf((char) ('A' + row));
  }
}

package io.seatlock.client;

import io.seatlock.protocol.v2.Request;

/** A call that waits to be sent or to be answered. Not thread-safe. */
final class Call {

  /** Its place in the order of calls, and its id for the server. */
  final long number;

  final Request request;
  final String text;
  final Answer future = new Answer();

  /**
   * Whether it was sent again: its answer may be an old one, and that the server does not take it
   * now says nothing about the first time.
   */
  boolean repeated;

  Call(long number, Request request) {
    this.number = number;
    this.request = request;
    this.text = request.toJson();
  }
}

/** What both dialects know of a client: its show, its rights and limits, its requests. */
@NullMarked
package io.seatlock.server.client;

import org.jspecify.annotations.NullMarked;

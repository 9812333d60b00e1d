/** How JSON is read, for both dialects; no part of the API. */
@NullMarked
package io.seatlock.protocol.json;

import org.jspecify.annotations.NullMarked;

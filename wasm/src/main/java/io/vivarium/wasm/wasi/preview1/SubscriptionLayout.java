package io.vivarium.wasm.wasi.preview1;

/**
 * Where the fields of a {@code subscription} are. Both layouts have userdata u64 at 0, tag u8 at 8
 * and for descriptors the number u32 at 16; snapshot 0 puts another u64 before the clock.
 *
 * <p>Source: WASI preview 1 and snapshot 0, type {@code subscription}.
 *
 * @param size bytes of a subscription
 * @param clock offset of the clock's number, u32
 * @param timeout offset of the time, u64 nanoseconds
 * @param flags offset of the flags, u16; bit 0 means the time is absolute
 */
record SubscriptionLayout(int size, int clock, int timeout, int flags) {
  static final SubscriptionLayout PREVIEW1 = new SubscriptionLayout(48, 16, 24, 40);
  static final SubscriptionLayout UNSTABLE = new SubscriptionLayout(56, 24, 32, 48);

  static final int USERDATA = 0;
  static final int TAG = 8;
  static final int DESCRIPTOR = 16;
}

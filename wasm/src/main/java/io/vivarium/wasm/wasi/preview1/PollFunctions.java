package io.vivarium.wasm.wasi.preview1;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.wasm.engine.ValueType.I32;

import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;

/** Waiting for several things at once. */
final class PollFunctions {
  private PollFunctions() {}

  static void define(ImportModule.Builder module) {
    module.errno("poll_oneoff", PollFunctions::pollOneoff, I32, I32, I32, I32);
  }

  static void defineUnstable(ImportModule.Builder module) {
    module.errno("poll_oneoff", PollFunctions::pollOneoffUnstable, I32, I32, I32, I32);
  }

  /**
   * {@code poll_oneoff(in: *subscription, out: *event, count: u32, events: *u32)}: waits until at
   * least one of the subscriptions has something to report. A bad descriptor, an unknown clock or a
   * missing right is reported as an event with that error.
   *
   * <p>EINVAL for no subscriptions, more than 1024, or an unknown type; EINTR. Source: WASI preview
   * 1; ABI section 5.
   */
  static void pollOneoff(GuestContext guest, GuestMemory memory, long[] a) {
    poll(guest, memory, a, SubscriptionLayout.PREVIEW1);
  }

  /** {@code poll_oneoff} with the layout of snapshot 0. */
  static void pollOneoffUnstable(GuestContext guest, GuestMemory memory, long[] a) {
    poll(guest, memory, a, SubscriptionLayout.UNSTABLE);
  }

  private static void poll(
      GuestContext guest, GuestMemory memory, long[] a, SubscriptionLayout layout) {
    int list = (int) a[0];
    int events = (int) a[1];
    int count = (int) a[2];
    int result = (int) a[3];
    if (count == 0 || Integer.compareUnsigned(count, Subscriptions.MAX_COUNT) > 0) {
      throw EINVAL.exception();
    }
    memory.offset(list, count * layout.size());
    memory.offset(events, count * Subscriptions.EVENT);
    memory.offset(result, 4);
    Subscriptions subscriptions = new Subscriptions(guest, memory, list, count, layout);
    subscriptions.await();
    memory.putInt(result, subscriptions.write(memory, events));
  }
}

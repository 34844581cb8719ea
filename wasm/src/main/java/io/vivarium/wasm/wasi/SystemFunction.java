package io.vivarium.wasm.wasi;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.process.ControlFlow;
import io.vivarium.wasm.engine.GuestInstance;
import io.vivarium.wasm.engine.GuestInterrupted;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.engine.GuestTrap;
import io.vivarium.wasm.engine.HostFunction;
import io.vivarium.wasm.engine.MemoryFault;
import io.vivarium.wasm.engine.Signature;
import io.vivarium.wasm.trace.CallObserver;
import io.vivarium.wasm.trace.ObservedCall;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One function that guests can import, and the one place where every guest call enters and leaves
 * the kernel: it runs the body, turns failures into what the guest is answered, and delivers
 * signals before the guest goes on. That there is stack left, the engine has proved before.
 */
public final class SystemFunction implements HostFunction {
  /** What a function does. */
  @FunctionalInterface
  public interface Body {
    /**
     * Decodes, makes one kernel call, encodes.
     *
     * @param guest who calls
     * @param memory the caller's memory; fetch its array again after anything that runs guest code
     * @param arguments one per parameter
     * @return what the guest gets
     */
    long call(GuestContext guest, GuestMemory memory, long[] arguments);
  }

  /** What a function does that answers an errno: success unless it throws. */
  @FunctionalInterface
  public interface Action {
    /** As {@link Body#call}, without a value. */
    void call(GuestContext guest, GuestMemory memory, long[] arguments);
  }

  private static final Logger LOG = LoggerFactory.getLogger(SystemFunction.class);

  /** Not an errno: EINTR, unless the handlers say that the call is made again (SA_RESTART). */
  private static final long RESTARTABLE = Long.MIN_VALUE;

  private final String name;
  private final Signature type;
  private final Body body;
  private final boolean answersErrno;
  private final long failure;
  private final AtomicBoolean complained = new AtomicBoolean();

  private SystemFunction(
      String name, Signature type, Body body, boolean answersErrno, long failure) {
    this.name = name;
    this.type = type;
    this.body = body;
    this.answersErrno = answersErrno;
    this.failure = failure;
  }

  /** A function that answers an errno number. */
  static SystemFunction errno(String name, Signature type, Action action) {
    Body body =
        (guest, memory, arguments) -> {
          action.call(guest, memory, arguments);
          return WasiErrno.SUCCESS;
        };
    return new SystemFunction(name, type, body, true, 0);
  }

  /** A function that answers a value, and {@code failure} whatever goes wrong. */
  static SystemFunction value(String name, Signature type, Body body, long failure) {
    return new SystemFunction(name, type, body, false, failure);
  }

  /** Module and name, such as {@code wasi_snapshot_preview1.fd_read}. */
  public String name() {
    return name;
  }

  /** Whether what it answers is an errno. */
  public boolean answersErrno() {
    return answersErrno;
  }

  /** The type a module has to import it with. */
  public Signature type() {
    return type;
  }

  @Override
  public long call(GuestInstance instance, long[] arguments) {
    GuestContext guest = GuestContext.of(instance);
    while (true) {
      guest.entering();
      long answer = run(guest, instance.memory(), arguments);
      boolean restart = guest.leaving();
      if (answer != RESTARTABLE) {
        return answer;
      }
      if (!restart) {
        return WasiErrno.INTR;
      }
    }
  }

  private long run(GuestContext guest, GuestMemory memory, long[] arguments) {
    CallObserver observer = guest.observer();
    ObservedCall observed = observer == null ? null : observer.enter(name, memory, arguments);
    try {
      long answer = body.call(guest, memory, arguments);
      if (observed != null) {
        observed.succeeded(answer);
      }
      return answer;
    } catch (ErrnoException e) {
      tell(observed, e.errno());
      return answersErrno ? number(e.errno()) : failure;
    } catch (MemoryFault e) {
      tell(observed, Errno.EFAULT);
      return answersErrno ? WasiErrno.FAULT : failure;
    } catch (WasiError e) {
      if (observed != null) {
        observed.failed(e.errorName(), e.description());
      }
      return answersErrno ? e.number() : failure;
    } catch (ControlFlow | GuestTrap | GuestInterrupted e) {
      if (observed != null) {
        observed.left(e);
      }
      throw e;
    } catch (RuntimeException e) {
      tell(observed, Errno.EIO);
      return broken(e);
    }
  }

  private void tell(@Nullable ObservedCall observed, Errno errno) {
    if (observed == null) {
      return;
    }
    if (errno == Errno.EINTR && answersErrno) {
      observed.interrupted();
    } else {
      observed.failed(errno);
    }
  }

  private static long number(Errno errno) {
    return errno == Errno.EINTR ? RESTARTABLE : WasiErrno.of(errno);
  }

  /**
   * A defect of ours. The guest gets an I/O error; the log gets it once, or a guest could fill it.
   */
  private long broken(RuntimeException e) {
    if (complained.compareAndSet(false, true)) {
      LOG.error("{} failed in the host; further failures of it are not logged", name, e);
    }
    return answersErrno ? WasiErrno.IO : failure;
  }

  @Override
  public String toString() {
    return name + " " + type;
  }
}

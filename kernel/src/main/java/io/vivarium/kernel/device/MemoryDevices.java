package io.vivarium.kernel.device;

import static io.vivarium.kernel.errno.Errno.ENOSPC;

import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.Whence;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The devices of major number 1: null, zero, full, random and urandom (null(4), full(4),
 * random(4)).
 */
public final class MemoryDevices {
  public static final int MAJOR = 1;
  public static final int NULL_MINOR = 3;
  public static final int ZERO_MINOR = 5;
  public static final int FULL_MINOR = 7;
  public static final int RANDOM_MINOR = 8;
  public static final int URANDOM_MINOR = 9;

  /** Most bytes that one read of a random device produces, so it cannot hold a thread for long. */
  private static final int MAX_RANDOM = 1 << 20;

  private MemoryDevices() {}

  /** Registers all of them. */
  public static void register(DeviceTable devices) {
    devices.register(MAJOR, NULL_MINOR, (task, node, flags) -> new NullDevice(node, flags));
    devices.register(MAJOR, ZERO_MINOR, (task, node, flags) -> new ZeroDevice(node, flags));
    devices.register(MAJOR, FULL_MINOR, (task, node, flags) -> new FullDevice(node, flags));
    Driver random = (task, node, flags) -> new RandomDevice(node, flags);
    devices.register(MAJOR, RANDOM_MINOR, random);
    devices.register(MAJOR, URANDOM_MINOR, random);
  }

  /** What all have in common: no positions, but seeking is accepted; writes vanish. */
  private abstract static class MemoryDevice extends FileDescription {
    MemoryDevice(Inode node, int flags) {
      super(node, flags);
    }

    @Override
    protected int doWrite(Task task, byte[] buffer, int offset, int length) {
      return length;
    }

    @Override
    protected int doPread(Task task, long position, byte[] buffer, int offset, int length) {
      return doRead(task, buffer, offset, length);
    }

    @Override
    protected int doPwrite(Task task, long position, byte[] buffer, int offset, int length) {
      return doWrite(task, buffer, offset, length);
    }

    @Override
    public long seek(long offset, Whence whence) {
      return 0;
    }
  }

  private static final class NullDevice extends MemoryDevice {
    NullDevice(Inode node, int flags) {
      super(node, flags);
    }

    @Override
    protected int doRead(Task task, byte[] buffer, int offset, int length) {
      return 0;
    }
  }

  private static class ZeroDevice extends MemoryDevice {
    ZeroDevice(Inode node, int flags) {
      super(node, flags);
    }

    @Override
    protected int doRead(Task task, byte[] buffer, int offset, int length) {
      Arrays.fill(buffer, offset, offset + length, (byte) 0);
      return length;
    }
  }

  private static final class FullDevice extends ZeroDevice {
    FullDevice(Inode node, int flags) {
      super(node, flags);
    }

    @Override
    protected int doWrite(Task task, byte[] buffer, int offset, int length) {
      if (length == 0) {
        return 0;
      }
      throw ENOSPC.exception();
    }
  }

  private static final class RandomDevice extends MemoryDevice {
    private static final SecureRandom RANDOM = new SecureRandom();

    RandomDevice(Inode node, int flags) {
      super(node, flags);
    }

    @Override
    protected int doRead(Task task, byte[] buffer, int offset, int length) {
      byte[] bytes = new byte[Math.min(length, MAX_RANDOM)];
      RANDOM.nextBytes(bytes);
      System.arraycopy(bytes, 0, buffer, offset, bytes.length);
      return bytes.length;
    }
  }
}

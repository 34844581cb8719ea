package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.EADDRINUSE;
import static io.vivarium.kernel.errno.Errno.ECONNREFUSED;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENOSPC;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.text.ByteStrings;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which local socket has which name (unix(7)): a path stands for the socket that its inode is
 * attached to, an abstract name for the one in the map. Thread-safe.
 */
final class UnixNames {
  /** How many names autobind tries: five hexadecimal digits. */
  private static final int NUMBERS = 1 << 20;

  /** The socket that an inode stands for; there is none any more when it has closed. */
  private static final class Attachment {
    private volatile @Nullable UnixSocket socket;
  }

  /** A name that a socket has. */
  interface Binding {
    /** The name; the one that was chosen when none was asked for. */
    UnixAddress address();

    /** The socket is gone. A path stays. */
    void release();

    /** What was made for the name is not wanted after all. */
    void remove(Caller caller);
  }

  private final Map<String, UnixSocket> abstracts = new HashMap<>();
  private int nextNumber;

  /**
   * Checks that a name fits into an address.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL
   */
  static void checkLength(UnixAddress name) {
    if (ByteStrings.encode(name.path()).length > UnixAddress.LONGEST) {
      throw EINVAL.exception();
    }
  }

  /**
   * Gives a socket a name.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EADDRINUSE, ENOSPC when there is no number
   *     left, and what mknod(2) answers
   */
  Binding take(Caller caller, UnixAddress name, UnixSocket socket) {
    if (!name.path().isEmpty() && !name.isAbstract()) {
      return new PathBinding(name, caller.tree().create(name.path()), socket);
    }
    synchronized (this) {
      UnixAddress taken = name.isAbstract() ? name : unusedNumber();
      if (abstracts.putIfAbsent(taken.path(), socket) != null) {
        throw EADDRINUSE.exception();
      }
      return new AbstractBinding(taken);
    }
  }

  private UnixAddress unusedNumber() {
    for (int i = 0; i < NUMBERS; i++) {
      nextNumber = (nextNumber + 1) % NUMBERS;
      UnixAddress candidate = UnixAddress.numbered(nextNumber);
      if (!abstracts.containsKey(candidate.path())) {
        return candidate;
      }
    }
    throw ENOSPC.exception();
  }

  /**
   * The socket with a name.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ECONNREFUSED when there is none, and what the
   *     way to a path answers; EINVAL for no name at all
   */
  UnixSocket find(Caller caller, UnixAddress name) {
    UnixSocket socket;
    if (name.path().isEmpty()) {
      throw EINVAL.exception();
    } else if (name.isAbstract()) {
      synchronized (this) {
        socket = abstracts.get(name.path());
      }
    } else {
      Location place = caller.tree().find(name.path());
      Attachment attachment =
          place.inode().type() == FileType.SOCKET
              ? place.inode().attachments().peek(Attachment.class)
              : null;
      socket = attachment == null ? null : attachment.socket;
    }
    if (socket == null) {
      throw ECONNREFUSED.exception();
    }
    return socket;
  }

  /** A name that is no path. */
  private final class AbstractBinding implements Binding {
    private final UnixAddress address;

    AbstractBinding(UnixAddress address) {
      this.address = address;
    }

    @Override
    public UnixAddress address() {
      return address;
    }

    @Override
    public void release() {
      synchronized (UnixNames.this) {
        abstracts.remove(address.path());
      }
    }

    @Override
    public void remove(Caller caller) {}
  }

  /** A path; keeps its inode and mount in use. */
  private static final class PathBinding implements Binding {
    private final UnixAddress address;
    private final Location place;
    private final Attachment attachment;

    PathBinding(UnixAddress address, Location place, UnixSocket socket) {
      this.address = address;
      this.place = place;
      this.attachment = place.inode().attachments().get(Attachment.class, Attachment::new);
      place.mount().use();
      place.inode().opened();
      attachment.socket = socket;
    }

    @Override
    public UnixAddress address() {
      return address;
    }

    @Override
    public void release() {
      attachment.socket = null;
      place.inode().closed();
      place.mount().unuse();
    }

    @Override
    public void remove(Caller caller) {
      caller.tree().remove(address.path());
    }
  }
}

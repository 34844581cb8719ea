package io.vivarium.kernel.fs;

/** Bits of {@code st_mode} (inode(7)). */
public final class Mode {
  public static final int TYPE_MASK = 0170000;
  public static final int PERMISSIONS = 07777;
  public static final int SET_UID = 04000;
  public static final int SET_GID = 02000;
  public static final int STICKY = 01000;
  public static final int ACCESS = 0777;
  public static final int GROUP_EXECUTE = 0010;
  public static final int ANY_EXECUTE = 0111;

  private Mode() {}
}

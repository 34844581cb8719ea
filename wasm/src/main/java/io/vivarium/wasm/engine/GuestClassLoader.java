package io.vivarium.wasm.engine;

import java.lang.reflect.Constructor;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Function;

/**
 * The classes of one compiled module. They are defined when they are first used, straight from the
 * bytes the cache read.
 */
final class GuestClassLoader extends ClassLoader {
  static {
    registerAsParallelCapable();
  }

  private static final String PREFIX = GuestCompiler.MAIN_CLASS;

  private final Map<String, ByteBuffer> classes;

  /** A loader for class files by binary name, whose bytes must not change. */
  GuestClassLoader(Map<String, ByteBuffer> classes) {
    super("guest", GuestClassLoader.class.getClassLoader());
    this.classes = Map.copyOf(classes);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(PREFIX)) {
      return super.loadClass(name, resolve);
    }
    // A guest calls into a new class at any depth; defining it must not fail half way.
    StackGuard.check();
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : findClass(name);
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    ByteBuffer bytes = classes.get(name);
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes.duplicate(), null);
  }

  /** What makes the machine that runs an instance. */
  Function<LiveInstance, Machine> machines() throws ReflectiveOperationException {
    Constructor<? extends Machine> constructor =
        loadClass(PREFIX, false).asSubclass(Machine.class).getConstructor(LiveInstance.class);
    return instance -> {
      try {
        return constructor.newInstance(instance);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("compiled code can not be started", e);
      }
    };
  }
}

package io.vivarium.wasm.wasi.host;

import io.vivarium.wasm.wasi.ImportModule;
import java.util.List;

/** The {@code host_*} modules. */
public final class HostModules {
  /** All of them. */
  public static final List<ImportModule> ALL =
      List.of(process(), fs(), user(), tty(), net(), system());

  private HostModules() {}

  private static ImportModule process() {
    ImportModule.Builder module = ImportModule.named("host_process");
    SpawnFunctions.define(module);
    ProcessFunctions.define(module);
    SignalFunctions.define(module);
    DescriptorFunctions.define(module);
    SocketFunctions.define(module);
    PollFunctions.defineProcess(module);
    TtyFunctions.defineProcess(module);
    return module.build();
  }

  private static ImportModule fs() {
    ImportModule.Builder module = ImportModule.named("host_fs");
    FsStatFunctions.define(module);
    FsFunctions.define(module);
    XattrFunctions.define(module);
    return module.build();
  }

  private static ImportModule user() {
    ImportModule.Builder module = ImportModule.named("host_user");
    UserFunctions.define(module);
    AccountFunctions.define(module);
    return module.build();
  }

  private static ImportModule tty() {
    ImportModule.Builder module = ImportModule.named("host_tty");
    TtyFunctions.define(module);
    return module.build();
  }

  private static ImportModule net() {
    ImportModule.Builder module = ImportModule.named("host_net");
    NetFunctions.define(module);
    PollFunctions.defineNet(module);
    return module.build();
  }

  private static ImportModule system() {
    ImportModule.Builder module = ImportModule.named("host_system");
    SystemIdentityFunctions.define(module);
    return module.build();
  }
}

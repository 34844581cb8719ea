package io.vivarium.nio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The files of the host keep the contract; so it asks for nothing that Java does not. */
@EnabledOnOs(OS.LINUX)
class DefaultProviderFilesTest extends FilesContract {
  @TempDir private Path directory;

  @Override
  Path newDirectory() throws IOException {
    return Files.createDirectory(directory.resolve("top"));
  }
}

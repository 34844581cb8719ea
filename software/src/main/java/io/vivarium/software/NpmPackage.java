package io.vivarium.software;

/**
 * A pinned package of guest programs in the npm registry.
 *
 * @param name package name, with scope
 * @param version exact version
 * @param integrity what the tarball must hash to: "sha512-" and the digest in base64, as npm lock
 *     files write it
 * @param licence SPDX identifier of the package itself; its programs have their own
 * @param folder the folder of the tarball whose files are the commands
 */
public record NpmPackage(
    String name, String version, String integrity, String licence, String folder) {

  /** The standard commands: bash, coreutils, git and the rest, 166 in all. */
  public static final NpmPackage STANDARD_COMMANDS =
      new NpmPackage(
          "@rivet-dev/agentos-runtime-core",
          "0.2.21",
          "sha512-NAZ5p8HmCxLx0puSBi2uaTXIlH7xlJWFQjsYe1c4rfySTKzNLu+0UZvVTzsVMJMne3confQx+9d+3o79t2SnxQ==",
          "Apache-2.0",
          "package/commands");

  /** Name and version as npm takes them. */
  public String spec() {
    return name + "@" + version;
  }

  /** A folder name for this package. */
  String folderName() {
    return name.replace("@", "").replace('/', '-') + "-" + version;
  }
}

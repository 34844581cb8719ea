# Finds a Java installation, for scripts to source. Starts no JVM: an installation says its version in its
# `release` file, which is read by the shell itself, so a search costs about a millisecond.

java_release=25

# java_version DIR: sets java_version to the feature version of the installation in DIR, or to 0, and
# java_build to its exact version.
java_version() {
  java_version=0
  java_build=unknown
  [ -r "$1/release" ] || return 0
  while IFS='=' read -r java_key java_value; do
    java_value=${java_value#\"}
    java_value=${java_value%\"}
    case $java_key in
      JAVA_VERSION)
        java_version=${java_value%%[!0-9]*}
        java_version=${java_version:-0}
        ;;
      JAVA_RUNTIME_VERSION) java_build=$java_value ;;
    esac
  done < "$1/release"
}

# java_fits DIR TOOL: true if DIR has bin/TOOL and is new enough.
java_fits() {
  [ -x "$1/bin/$2" ] || return 1
  java_version "$1"
  [ "$java_version" -ge "$java_release" ]
}

# find_jdk TOOL: sets jdk to the home of an installation that has bin/TOOL (java, or javac to build with), and
# jdk_build to its exact version.
# VIV_JAVA_HOME is a choice and is obeyed or refused; JAVA_HOME is a hint. Elsewhere the release this project
# is built for is preferred to a newer one. Returns 1, with the way out on standard error, if there is none.
find_jdk() {
  if [ -n "${VIV_JAVA_HOME:-}" ]; then
    if java_fits "$VIV_JAVA_HOME" "$1"; then
      jdk=$VIV_JAVA_HOME
      jdk_build=$java_build
      return 0
    fi
    echo "VIV_JAVA_HOME is $VIV_JAVA_HOME, which holds no JDK $java_release or newer." >&2
    return 1
  fi
  if [ -n "${JAVA_HOME:-}" ] && java_fits "$JAVA_HOME" "$1"; then
    jdk=$JAVA_HOME
    jdk_build=$java_build
    return 0
  fi
  jdk=
  jdk_version=0
  for java_dir in \
    /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /opt/java/* /opt/jdk* /opt/*jdk* \
    "${SDKMAN_DIR:-${HOME:-}/.sdkman}"/candidates/java/* "${HOME:-}"/.jdks/* "${HOME:-}"/.jbang/cache/jdks/* \
    "${HOME:-}"/.asdf/installs/java/* "${HOME:-}"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home
  do
    java_fits "$java_dir" "$1" || continue
    if [ "$java_version" -eq "$java_release" ]; then
      jdk=$java_dir
      jdk_build=$java_build
      return 0
    fi
    if [ "$java_version" -gt "$jdk_version" ]; then
      jdk=$java_dir
      jdk_build=$java_build
      jdk_version=$java_version
    fi
  done
  [ -z "$jdk" ] || return 0
  if java_dir=$(command -v java) && java_dir=$(readlink -f "$java_dir" 2>/dev/null); then
    java_dir=${java_dir%/bin/java}
    if java_fits "$java_dir" "$1"; then
      jdk=$java_dir
      jdk_build=$java_build
      return 0
    fi
  fi
  cat >&2 <<MESSAGE
No JDK $java_release or newer was found.
Install one, for example Eclipse Temurin $java_release (https://adoptium.net/installation/), with your system's
package manager or with SDKMAN ("sdk install java $java_release-tem"). If it is in an unusual place, set
JAVA_HOME or VIV_JAVA_HOME to that directory.
MESSAGE
  return 1
}

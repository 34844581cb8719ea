package io.vivarium.nio;

import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/** Users and groups of a machine as Java sees them: by their numbers. */
final class NumericPrincipals {
  static final UserPrincipalLookupService LOOKUP =
      new UserPrincipalLookupService() {
        @Override
        public UserPrincipal lookupPrincipalByName(String name)
            throws UserPrincipalNotFoundException {
          return new User(parse(name));
        }

        @Override
        public GroupPrincipal lookupPrincipalByGroupName(String group)
            throws UserPrincipalNotFoundException {
          return new Group(parse(group));
        }
      };

  private NumericPrincipals() {}

  /** A user id. */
  record User(int id) implements UserPrincipal {
    @Override
    public String getName() {
      return Integer.toUnsignedString(id);
    }
  }

  /** A group id. */
  record Group(int id) implements GroupPrincipal {
    @Override
    public String getName() {
      return Integer.toUnsignedString(id);
    }
  }

  static int idOf(UserPrincipal principal) {
    return switch (principal) {
      case User user -> user.id();
      case Group group -> group.id();
      default ->
          throw new java.nio.file.ProviderMismatchException(
              principal + " is not a principal of a machine");
    };
  }

  private static int parse(String name) throws UserPrincipalNotFoundException {
    try {
      return Integer.parseUnsignedInt(name);
    } catch (NumberFormatException e) {
      throw new UserPrincipalNotFoundException(name);
    }
  }
}

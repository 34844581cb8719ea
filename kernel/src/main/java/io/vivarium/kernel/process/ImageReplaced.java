package io.vivarium.kernel.process;

/** exec succeeded: the main loop of the process runs the new program on the same thread. */
final class ImageReplaced extends ControlFlow {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // never serialized
  private final Program program;

  ImageReplaced(Program program) {
    super("image replaced");
    this.program = program;
  }

  Program program() {
    return program;
  }
}

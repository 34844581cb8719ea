package io.vivarium.bench.matrix;

import io.vivarium.wasm.wasi.SystemFunction;
import java.util.concurrent.atomic.AtomicLong;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.agent.builder.ResettableClassFileTransformer;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.matcher.ElementMatchers;

/** Makes every system call of WebAssembly programs take three times as long, until it is closed. */
public final class SlowSystemCalls implements AutoCloseable {
  /** What the changed system calls use, and must therefore be public. */
  public static final AtomicLong MADE = new AtomicLong();

  private final ResettableClassFileTransformer transformer;

  private SlowSystemCalls(ResettableClassFileTransformer transformer) {
    this.transformer = transformer;
  }

  static SlowSystemCalls install() {
    ByteBuddyAgent.install();
    MADE.set(0);
    return new SlowSystemCalls(
        new AgentBuilder.Default()
            .disableClassFormatChanges()
            .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
            .type(ElementMatchers.is(SystemFunction.class))
            .transform((builder, type, loader, module, domain) ->
                builder.visit(Advice.to(Slow.class).on(ElementMatchers.named("call"))))
            .installOnByteBuddyAgent());
  }

  /** How many calls were slow. */
  long made() {
    return MADE.get();
  }

  @Override
  public void close() {
    transformer.reset(
        ByteBuddyAgent.getInstrumentation(), AgentBuilder.RedefinitionStrategy.RETRANSFORMATION);
  }

  /** Copied into the method: it waits twice as long as the call took. */
  public static final class Slow {
    private Slow() {}

    /** Takes the time. */
    @Advice.OnMethodEnter
    public static long begin() {
      return System.nanoTime();
    }

    /** Waits. */
    @Advice.OnMethodExit(onThrowable = Throwable.class)
    public static void end(@Advice.Enter long start) {
      MADE.incrementAndGet();
      long end = start + 3 * (System.nanoTime() - start);
      while (System.nanoTime() - end < 0) {
        Thread.onSpinWait();
      }
    }
  }
}

package io.vivarium.wasm.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.wasm.testing.TestGuest;
import io.vivarium.wasm.wasi.SystemFunction;
import org.junit.jupiter.api.Test;

/** Every function that guests can import can be shown. */
class CallDescriptionsTest {
  @Test
  void every_import_has_a_description_of_all_its_parameters() {
    for (SystemFunction function : TestGuest.all()) {
      CallDescription description = CallDescriptions.find(function.name());
      assertThat(description).as(function.name()).isNotNull();
      assertThat(description.parameters())
          .as(function.name())
          .isEqualTo(function.type().parameters().size());
    }
  }
}

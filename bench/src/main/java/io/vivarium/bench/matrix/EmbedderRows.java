package io.vivarium.bench.matrix;

import io.vivarium.Vivarium;
import io.vivarium.bench.result.Lane;
import io.vivarium.bench.result.Measurement;
import io.vivarium.bench.scale.Density;
import io.vivarium.bench.scale.Startup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Rows of what an embedder does: starting, having and copying machines. They know how often. */
final class EmbedderRows implements AutoCloseable {
  private final Startup startup;
  private final Density density;

  /**
   * Rows of embedders.
   *
   * @param checkout where {@code viv} lies
   */
  EmbedderRows(Vivarium vivarium, Path checkout) throws IOException {
    this.startup = new Startup(vivarium, checkout);
    this.density = new Density(vivarium);
  }

  List<Row> all() {
    Map<String, Callable<Measurement>> bodies = new LinkedHashMap<>(startup.rows());
    bodies.putAll(density.rows());
    List<Row> rows = new ArrayList<>();
    bodies.forEach(
        (name, body) -> rows.add(new Row(name, Map.of(Lane.JAVA, contract -> measure(body)))));
    return rows;
  }

  private static Measurement measure(Callable<Measurement> body)
      throws IOException, InterruptedException {
    try {
      return body.call();
    } catch (IOException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e.toString(), e);
    }
  }

  @Override
  public void close() {
    startup.close();
  }
}

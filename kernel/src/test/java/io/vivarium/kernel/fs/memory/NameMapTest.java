package io.vivarium.kernel.fs.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

class NameMapTest {
  private record Item(String name, int value) implements NameMap.Named {}

  private record Version(NameMap<Item> map, Map<String, Item> model) {}

  private static void check(Version version) {
    Map<String, Item> entries = new HashMap<>();
    version.map.forEach(item -> assertThat(entries.put(item.name(), item)).isNull());
    assertThat(entries).isEqualTo(version.model);
    assertThat(version.map.size()).isEqualTo(version.model.size());
  }

  private static void behavesLikeAMap(NameMap<Item> empty, int names, int steps) {
    Random random = new Random(names);
    List<Version> versions = new ArrayList<>();
    NameMap<Item> map = empty;
    Map<String, Item> model = new HashMap<>();
    Edit edit = new Edit();
    for (int step = 0; step < steps; step++) {
      String name = "name" + random.nextInt(names);
      if (random.nextInt(5) < 3) {
        Item item = new Item(name, step);
        map = map.put(edit, item);
        model.put(name, item);
      } else {
        map = map.remove(edit, name);
        model.remove(name);
      }
      assertThat(map.size()).isEqualTo(model.size());
      String probe = "name" + random.nextInt(names);
      assertThat(map.get(probe)).isEqualTo(model.get(probe));
      if (random.nextInt(300) == 0) {
        versions.add(new Version(map, new HashMap<>(model)));
        edit = new Edit();
      }
    }
    versions.add(new Version(map, model));
    versions.forEach(NameMapTest::check);
    for (String name : List.copyOf(model.keySet())) {
      map = map.remove(edit, name);
    }
    assertThat(map.size()).isZero();
    versions.subList(0, versions.size() - 1).forEach(NameMapTest::check);
  }

  @Test
  void behaves_like_a_map_in_every_version() {
    behavesLikeAMap(NameMap.empty(), 3000, 20_000);
  }

  @Test
  void behaves_like_a_map_when_all_names_collide() {
    behavesLikeAMap(NameMap.emptyWithHash(name -> 42), 100, 4000);
  }

  @Test
  void behaves_like_a_map_when_names_differ_only_late() {
    ToLongFunction<String> late = name -> (long) name.hashCode() << 50;
    behavesLikeAMap(NameMap.emptyWithHash(late), 300, 6000);
  }

  @Test
  void names_that_collide_for_java_do_not_collide_here() {
    Set<Long> hashes = new HashSet<>();
    for (int i = 0; i < 4096; i++) {
      StringBuilder name = new StringBuilder();
      for (int bit = 0; bit < 12; bit++) {
        name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      assertThat(name.toString().hashCode()).isEqualTo("Aa".repeat(12).hashCode());
      hashes.add(NameHash.of(name.toString()));
    }
    assertThat(hashes).hasSize(4096);
  }

  @Test
  void low_bits_of_hashes_spread() {
    int[] buckets = new int[32];
    for (int i = 0; i < 32_000; i++) {
      buckets[(int) NameHash.of("file" + i) & 31]++;
    }
    for (int bucket : buckets) {
      assertThat(bucket).isBetween(500, 1700);
    }
  }
}

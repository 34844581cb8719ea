package io.vivarium.kernel.fs.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersistentRadixTest {
  private record Version(PersistentRadix<String> map, NavigableMap<Long, String> model) {}

  private static NavigableMap<Long, String> entries(PersistentRadix<String> map, long from) {
    NavigableMap<Long, String> entries = new TreeMap<>();
    List<Long> order = new ArrayList<>();
    map.visitFrom(
        from,
        (key, value) -> {
          entries.put(key, value);
          order.add(key);
          return true;
        });
    assertThat(order).isSorted().doesNotHaveDuplicates();
    return entries;
  }

  private static long key(Random random, int bits) {
    long key = random.nextLong() >>> (64 - bits);
    return random.nextBoolean() ? key : key & ~0xfffL;
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 7, 12, 40, 63})
  void behaves_like_a_sorted_map_in_every_version(int bits) {
    Random random = new Random(bits);
    List<Version> versions = new ArrayList<>();
    PersistentRadix<String> map = PersistentRadix.empty();
    NavigableMap<Long, String> model = new TreeMap<>();
    Edit edit = new Edit();
    for (int step = 0; step < 4000; step++) {
      long key = model.isEmpty() || random.nextInt(3) > 0 ? key(random, bits) : model.lastKey();
      if (random.nextInt(5) < 3) {
        map = map.put(edit, key, "v" + step);
        model.put(key, "v" + step);
      } else {
        map = map.remove(edit, key);
        model.remove(key);
      }
      assertThat(map.size()).isEqualTo(model.size());
      long probe = key(random, bits);
      assertThat(map.get(probe)).isEqualTo(model.get(probe));
      Map.Entry<Long, String> ceiling = model.ceilingEntry(probe);
      assertThat(map.ceilingKey(probe)).isEqualTo(ceiling == null ? -1 : ceiling.getKey());
      if (random.nextInt(200) == 0) {
        versions.add(new Version(map, new TreeMap<>(model)));
        edit = new Edit();
        if (random.nextInt(4) == 0) {
          Version older = versions.get(random.nextInt(versions.size()));
          map = older.map;
          model = new TreeMap<>(older.model);
        }
      }
    }
    for (Version version : versions) {
      assertThat(entries(version.map, 0)).isEqualTo(version.model);
      long from = key(random, bits);
      assertThat(entries(version.map, from)).isEqualTo(version.model.tailMap(from, true));
    }
  }

  @Test
  void the_greatest_key_is_a_key() {
    Edit edit = new Edit();
    PersistentRadix<String> map =
        PersistentRadix.<String>empty().put(edit, Long.MAX_VALUE, "end").put(edit, 0, "start");
    assertThat(map.get(Long.MAX_VALUE)).isEqualTo("end");
    assertThat(map.ceilingKey(1)).isEqualTo(Long.MAX_VALUE);
    map = map.remove(edit, 0);
    assertThat(map.ceilingKey(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void visiting_stops_when_the_visitor_has_enough() {
    Edit edit = new Edit();
    PersistentRadix<String> map = PersistentRadix.empty();
    for (int i = 0; i < 100; i++) {
      map = map.put(edit, i, "v");
    }
    List<Long> seen = new ArrayList<>();
    boolean all =
        map.visitFrom(
            40,
            (key, value) -> {
              seen.add(key);
              return key < 42;
            });
    assertThat(all).isFalse();
    assertThat(seen).containsExactly(40L, 41L, 42L);
  }

  @Test
  void removing_what_is_not_there_changes_nothing() {
    PersistentRadix<String> map = PersistentRadix.<String>empty().put(new Edit(), 5, "five");
    assertThat(map.remove(new Edit(), 6)).isSameAs(map);
    assertThat(map.remove(new Edit(), 5 + (1L << 40))).isSameAs(map);
  }
}

package dev.steerage.transformer.checkpoint;

import dev.steerage.transformer.checkpoint.Pickled.Atom;
import dev.steerage.transformer.checkpoint.Pickled.Dict;
import dev.steerage.transformer.checkpoint.Pickled.Flag;
import dev.steerage.transformer.checkpoint.Pickled.Global;
import dev.steerage.transformer.checkpoint.Pickled.Storage;
import dev.steerage.transformer.checkpoint.Pickled.Tensor;
import dev.steerage.transformer.checkpoint.Pickled.Text;
import dev.steerage.transformer.checkpoint.Pickled.Tuple;
import dev.steerage.transformer.checkpoint.Pickled.Whole;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the pickle of a state dictionary: the opcodes that torch writes for one, and no other. A
/// pickle is a program; here it can make dictionaries, tuples, numbers, texts and tensors, and
/// whatever else it asks for is refused before anything is done with it.
final class TensorPickle {
  private final Path path;
  private final ByteBuffer in;
  private final List<Pickled> stack = new ArrayList<>();
  private final Map<Integer, Pickled> memo = new HashMap<>();

  TensorPickle(Path path, byte[] pickle) {
    this.path = path;
    in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// The tensors by name, in the order of the pickle.
  Map<String, Tensor> read() {
    while (true) {
      int at = in.position();
      int opcode = u8();
      if (opcode == '.') {
        break;
      }
      step(opcode, at);
    }
    if (in.hasRemaining()) {
      throw refused("the end behind STOP", in.remaining() + " bytes");
    }
    Pickled top = pop();
    if (!(top instanceof Dict dict) || !stack.isEmpty()) {
      throw refused("one dictionary of tensors", kind(top));
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    dict.pairs()
        .forEach(
            (name, value) -> {
              if (!(value instanceof Tensor tensor)) {
                throw new CheckpointException(path, name, "a tensor", kind(value));
              }
              tensors.put(name, tensor);
            });
    return tensors;
  }

  private void step(int opcode, int at) {
    switch (opcode) {
      case 0x80 -> protocol();
      case 'c' -> stack.add(global());
      case '(' -> stack.add(Atom.MARK);
      case ')' -> stack.add(new Tuple(List.of()));
      case '}' -> stack.add(new Dict());
      case 'N' -> stack.add(Atom.NONE);
      case 0x88 -> stack.add(new Flag(true));
      case 0x89 -> stack.add(new Flag(false));
      case 'K' -> stack.add(new Whole(u8()));
      case 'M' -> stack.add(new Whole(need(2).getShort() & 0xFFFF));
      case 'J' -> stack.add(new Whole(need(4).getInt()));
      case 0x8a -> stack.add(new Whole(longOfBytes(u8())));
      case 'X' -> stack.add(new Text(text(length())));
      case 't' -> stack.add(new Tuple(sinceMark()));
      case 0x85 -> stack.add(new Tuple(last(1)));
      case 0x86 -> stack.add(new Tuple(last(2)));
      case 0x87 -> stack.add(new Tuple(last(3)));
      case 'q' -> memo.put(u8(), peek());
      case 'r' -> memo.put(need(4).getInt(), peek());
      case 'h' -> stack.add(recall(u8()));
      case 'j' -> stack.add(recall(need(4).getInt()));
      case 'Q' -> stack.add(storage(pop()));
      case 'R' -> reduce();
      case 's' -> setItems(last(2));
      case 'u' -> setItems(sinceMark());
      case 'b' -> build();
      default ->
          throw refused(
              "opcodes of a state dictionary", "opcode 0x%02x at byte %d".formatted(opcode, at));
    }
  }

  private void protocol() {
    int version = u8();
    if (version != 2 && version != 3) {
      throw refused("protocol 2 or 3", "protocol " + version);
    }
  }

  private Global global() {
    String module = line();
    String name = line();
    for (Global known : Global.values()) {
      if (known.isNamed(module, name)) {
        return known;
      }
    }
    throw refused("dictionaries, storages and tensors", "global " + module + "." + name);
  }

  private Storage storage(Pickled id) {
    if (id instanceof Tuple(List<Pickled> items)
        && items.size() == 5
        && items.get(0).equals(new Text("storage"))
        && items.get(1) instanceof Global global
        && global.storage() != null
        && items.get(2) instanceof Text(String key)
        && items.get(4) instanceof Whole(long elements)) {
      return new Storage(global.storage(), key, elements);
    }
    throw refused("('storage', type, key, device, elements)", kind(id));
  }

  private void reduce() {
    List<Pickled> call = last(2);
    if (call.get(0) instanceof Global function
        && call.get(1) instanceof Tuple(List<Pickled> with)) {
      if (function == Global.ORDERED_DICT && with.isEmpty()) {
        stack.add(new Dict());
        return;
      }
      if (function == Global.REBUILD_TENSOR) {
        stack.add(tensor(with));
        return;
      }
    }
    throw refused("a call that makes a dictionary or a tensor", kind(call.get(0)));
  }

  private Tensor tensor(List<Pickled> with) {
    if (with.size() >= 6
        && with.size() <= 7
        && with.get(0) instanceof Storage storage
        && with.get(1) instanceof Whole(long offset)
        && with.get(2) instanceof Tuple(List<Pickled> shape)
        && with.get(3) instanceof Tuple(List<Pickled> strides)) {
      return new Tensor(storage, offset, longs(shape), longs(strides));
    }
    throw refused("(storage, offset, size, stride, …)", with.size() + " arguments");
  }

  private long[] longs(List<Pickled> items) {
    long[] values = new long[items.size()];
    for (int i = 0; i < values.length; i++) {
      if (!(items.get(i) instanceof Whole(long value))) {
        throw refused("whole numbers", kind(items.get(i)));
      }
      values[i] = value;
    }
    return values;
  }

  private void setItems(List<Pickled> pairs) {
    if (!(peek() instanceof Dict dict) || pairs.size() % 2 != 0) {
      throw refused("pairs for a dictionary", kind(peek()));
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      if (!(pairs.get(i) instanceof Text(String key))) {
        throw refused("text keys", kind(pairs.get(i)));
      }
      if (!dict.put(key, pairs.get(i + 1))) {
        throw new CheckpointException(path, key, "each key once", "twice");
      }
    }
  }

  /// torch hangs the versions of modules on the dictionary; nothing here reads them.
  private void build() {
    Pickled state = pop();
    if (!(state instanceof Dict) || !(peek() instanceof Dict)) {
      throw refused("attributes of a dictionary", kind(state));
    }
  }

  private List<Pickled> sinceMark() {
    int mark = stack.lastIndexOf(Atom.MARK);
    if (mark < 0) {
      throw refused("a mark", "none");
    }
    List<Pickled> items = List.copyOf(stack.subList(mark + 1, stack.size()));
    stack.subList(mark, stack.size()).clear();
    return items;
  }

  private List<Pickled> last(int count) {
    if (stack.size() < count) {
      throw refused(count + " values on the stack", "" + stack.size());
    }
    List<Pickled> tail = stack.subList(stack.size() - count, stack.size());
    List<Pickled> items = List.copyOf(tail);
    tail.clear();
    return items;
  }

  private Pickled pop() {
    return last(1).getFirst();
  }

  private Pickled peek() {
    if (stack.isEmpty()) {
      throw refused("a value on the stack", "none");
    }
    return stack.getLast();
  }

  private Pickled recall(int key) {
    Pickled value = memo.get(key);
    if (value == null) {
      throw refused("a remembered value", "none under " + key);
    }
    return value;
  }

  private ByteBuffer need(int bytes) {
    if (in.remaining() < bytes) {
      throw refused("more bytes (file cut short?)", in.remaining() + " of " + bytes);
    }
    return in;
  }

  private int u8() {
    return need(1).get() & 0xFF;
  }

  private int length() {
    int length = need(4).getInt();
    if (length < 0 || length > in.remaining()) {
      throw refused("a text of at most " + in.remaining() + " bytes", "" + (length & 0xFFFFFFFFL));
    }
    return length;
  }

  private long longOfBytes(int count) {
    if (count > Long.BYTES) {
      throw refused("whole numbers of at most 8 bytes", count + " bytes");
    }
    need(count);
    long value = 0;
    int shift = 0;
    for (int i = 0; i < count; i++, shift += 8) {
      value |= (in.get() & 0xFFL) << shift;
    }
    return count == 0 || count == Long.BYTES ? value : value << 64 - shift >> 64 - shift;
  }

  private String text(int bytes) {
    ByteBuffer part = in.slice(in.position(), bytes);
    in.position(in.position() + bytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(part).toString();
    } catch (CharacterCodingException e) {
      throw new CheckpointException(path, "", "text in UTF-8", "other bytes", e);
    }
  }

  private String line() {
    int from = in.position();
    while (u8() != '\n') {
      if (in.position() - from > 100) {
        throw refused("names of at most 100 characters", "more");
      }
    }
    byte[] name = new byte[in.position() - 1 - from];
    in.get(from, name);
    String line = new String(name, StandardCharsets.US_ASCII);
    return line.chars().allMatch(c -> c > ' ' && c < 127) ? line : "?";
  }

  private CheckpointException refused(String expected, String found) {
    return new CheckpointException(path, "data.pkl", expected, found);
  }

  private static String kind(Pickled value) {
    return value instanceof Global global ? global.name() : value.getClass().getSimpleName();
  }
}

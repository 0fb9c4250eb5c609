package dev.steerage.cli.demo;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.topic.Story;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Beginnings of tales that are sent as prompts, so that their codes fire live. Sources and licence
/// are beside the resource.
final class StorySlice {
  private static final String RESOURCE = "stories.txt";
  private static final String SEPARATOR = "\n<\\|endoftext\\|>\n";
  private static final int MENTIONS = 3;
  private static final int LEAST_WITH_TOPIC = 4;

  private final List<Story> stories;

  private StorySlice(List<Story> stories) {
    this.stories = stories;
  }

  /// @param characters longest story; longer ones lose their end
  static StorySlice read(int characters) {
    try (InputStream in = StorySlice.class.getResourceAsStream(RESOURCE)) {
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new StorySlice(
          Arrays.stream(all.split(SEPARATOR))
              .map(text -> new Story(text.strip()).beginning(characters))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException("resource=" + RESOURCE, e);
    }
  }

  /// Stories that mention the topic often.
  ///
  /// @throws CliException if there are too few
  List<Story> with(String topic, int most) {
    List<Story> found =
        stories.stream().filter(story -> story.mentions(topic) >= MENTIONS).limit(most).toList();
    if (found.size() < LEAST_WITH_TOPIC) {
      throw new CliException(
          ExitCode.USAGE,
          "--topic="
              + topic
              + ": stories that say it "
              + MENTIONS
              + " times="
              + found.size()
              + ", needed="
              + LEAST_WITH_TOPIC
              + "; try dragon, garden, bird, rabbit or star");
    }
    return found;
  }

  /// Stories that never mention it.
  List<Story> without(String topic, int most) {
    return stories.stream().filter(story -> story.mentions(topic) == 0).limit(most).toList();
  }
}

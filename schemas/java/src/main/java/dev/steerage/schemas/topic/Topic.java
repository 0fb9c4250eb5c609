package dev.steerage.schemas.topic;

import dev.steerage.schemas.codec.Codec;
import org.apache.kafka.common.serialization.Serde;

/// A topic as one typed value: its name and how keys and values travel.
///
/// @param name the topic's full name
public record Topic<K, V>(String name, Serde<K> key, Codec<V> value, TopicSettings settings) {}

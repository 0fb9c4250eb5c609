package dev.steerage.transformer.cuda;

import dev.steerage.transformer.forward.CodebookGroup;

/// The codebooks of a group on the device, one after the other in each of these pieces of memory.
///
/// @param codes of one codebook
/// @param values float32, for exact scores and means
/// @param fragments unit codes in bf16, for scans
record DeviceCodebooks(
    CodebookGroup group,
    int codes,
    boolean euclidean,
    long gamma,
    long beta,
    long eps,
    long values,
    long fragments,
    long start,
    long norms,
    long stats) {}

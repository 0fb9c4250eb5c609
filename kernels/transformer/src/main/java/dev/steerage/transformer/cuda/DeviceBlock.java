package dev.steerage.transformer.cuda;

/// One transformer block on the device; a codebook group is null where the block has none.
record DeviceBlock(
    DeviceNorm beforeAttention,
    DeviceLinear qkv,
    DeviceLinear attentionOut,
    DeviceNorm beforeMlp,
    DeviceLinear up,
    DeviceLinear down,
    DeviceCodebooks qkvCodes,
    DeviceCodebooks attention,
    DeviceCodebooks attentionOutCodes,
    DeviceCodebooks mlpMid,
    DeviceCodebooks mlp,
    DeviceCodebooks both,
    DeviceCodebooks whole) {}

// Times llama.cpp on a GPT-NeoX shape with random weights; prints one JSON line.
//
// usage: node llama.mjs <folder of llama-addon.node> <work folder> <layers,width,heads,inner,vocab> <f32|bf16|q8_0> <threads> <seconds per case>
//
// The addon is the one inside npm's @node-llama-cpp/linux-x64: official llama.cpp libraries, called
// here through llama_decode alone. Only speed counts, so weights are small random numbers and
// tokens too; the weights file is ours, written in llama.cpp's own format (GGUF, version 3).
import fs from 'node:fs';
import path from 'node:path';
import {createRequire} from 'node:module';

const [addonFolder, workFolder, shape, type, threads, seconds] = process.argv.slice(2);
const [layers, width, heads, inner, vocabulary] = shape.split(',').map(Number);
const POSITIONS = 1024;

const TYPES = {f32: {id: 0, block: 1, bytes: 4}, bf16: {id: 30, block: 1, bytes: 2}, q8_0: {id: 8, block: 32, bytes: 34}};

// One mebi of random elements, repeated: what the numbers are changes no time.
function randomBytes(kind, elements) {
  const {block, bytes} = TYPES[kind];
  const buffer = Buffer.alloc(elements / block * bytes);
  let state = 88172645463325252n & 0xffffffffn;
  let s = Number(state) | 1;
  const next = () => { s ^= s << 13; s ^= s >>> 17; s ^= s << 5; return (s >>> 0) / 4294967296 - 0.5; };
  if (kind === 'f32') {
    for (let i = 0; i < elements; i++) buffer.writeFloatLE(next() * 0.08, 4 * i);
  } else if (kind === 'bf16') {
    const f = new Float32Array(1), u = new Uint32Array(f.buffer);
    for (let i = 0; i < elements; i++) { f[0] = next() * 0.08; buffer.writeUInt16LE(u[0] >>> 16, 2 * i); }
  } else {
    for (let b = 0; b < elements / 32; b++) {
      buffer.writeUInt16LE(0x1000, 34 * b); // 2^-11 as a half
      for (let i = 0; i < 32; i++) buffer.writeInt8(Math.round(next() * 160), 34 * b + 2 + i);
    }
  }
  return buffer;
}

function writeModel(file) {
  const meta = [
    ['general.architecture', 8, 'gptneox'], ['gptneox.context_length', 4, POSITIONS],
    ['gptneox.embedding_length', 4, width], ['gptneox.block_count', 4, layers],
    ['gptneox.feed_forward_length', 4, inner], ['gptneox.rope.dimension_count', 4, width / heads / 4],
    ['gptneox.attention.head_count', 4, heads], ['gptneox.use_parallel_residual', 7, true],
    ['gptneox.attention.layer_norm_epsilon', 6, 1e-5], ['gptneox.vocab_size', 4, vocabulary],
    ['tokenizer.ggml.model', 8, 'none'],
  ];
  const tensors = [];
  const matrix = (name, out, into) => tensors.push({name, dims: [into, out], kind: type});
  const vector = (name, n) => tensors.push({name, dims: [n], kind: 'f32'});
  matrix('token_embd.weight', vocabulary, width);
  for (let l = 0; l < layers; l++) {
    const at = `blk.${l}.`;
    for (const norm of ['attn_norm', 'ffn_norm']) { vector(at + norm + '.weight', width); vector(at + norm + '.bias', width); }
    for (const [name, out, into] of [['attn_qkv', 3 * width, width], ['attn_output', width, width], ['ffn_up', inner, width], ['ffn_down', width, inner]]) {
      matrix(`${at}${name}.weight`, out, into);
      vector(`${at}${name}.bias`, out);
    }
  }
  vector('output_norm.weight', width);
  vector('output_norm.bias', width);
  matrix('output.weight', vocabulary, width);

  const head = [];
  const u32 = v => { const b = Buffer.alloc(4); b.writeUInt32LE(v); head.push(b); };
  const u64 = v => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt(v)); head.push(b); };
  const text = v => { u64(Buffer.byteLength(v)); head.push(Buffer.from(v)); };
  head.push(Buffer.from('GGUF'));
  u32(3); u64(tensors.length); u64(meta.length);
  for (const [key, kind, value] of meta) {
    text(key); u32(kind);
    if (kind === 8) text(value);
    else if (kind === 7) head.push(Buffer.from([value ? 1 : 0]));
    else if (kind === 6) { const b = Buffer.alloc(4); b.writeFloatLE(value); head.push(b); }
    else u32(value);
  }
  const align = n => Math.ceil(n / 32) * 32;
  let offset = 0;
  for (const t of tensors) {
    t.elements = t.dims.reduce((a, b) => a * b);
    t.bytes = t.elements / TYPES[t.kind].block * TYPES[t.kind].bytes;
    text(t.name); u32(t.dims.length); t.dims.forEach(u64); u32(TYPES[t.kind].id); u64(offset);
    offset += align(t.bytes);
  }
  const header = Buffer.concat(head);
  const fd = fs.openSync(file, 'w');
  fs.writeSync(fd, header);
  fs.writeSync(fd, Buffer.alloc(align(header.length) - header.length));
  const pool = {};
  for (const t of tensors) {
    const from = pool[t.kind] ??= randomBytes(t.kind, 1 << 20);
    for (let left = align(t.bytes); left > 0;) left -= fs.writeSync(fd, from, 0, Math.min(left, from.length));
  }
  fs.closeSync(fd);
}

const median = list => list.sort((a, b) => a - b)[list.length >> 1];

// Decode steps of `streams` sequences with one token each, from position 16 on; tokens per second.
async function decode(model, addon, streams) {
  const context = new addon.AddonContext(model, {contextSize: streams * 256, batchSize: Math.max(64, 16 * streams), sequences: streams, threads: Number(threads), flashAttention: false});
  if (!await context.init()) throw new Error('context');
  let token = 1;
  const step = async (position, count) => {
    context.initBatch(streams * count);
    for (let s = 0; s < streams; s++) {
      const tokens = Uint32Array.from({length: count}, () => token = token * 7 % (vocabulary - 3) + 1);
      context.addToBatch(s, position, tokens, Uint32Array.from([count - 1]));
    }
    await context.decodeBatch();
  };
  await step(0, 16);
  const times = [];
  const until = performance.now() + 1000 * seconds;
  for (let position = 16; position < 240 && (times.length < 3 || performance.now() < until); position++) {
    const begun = performance.now();
    await step(position, 1);
    times.push(performance.now() - begun);
  }
  await context.dispose();
  return rates(times.slice(1), streams);
}

// A prompt of 512 tokens.
async function prompt(model, addon) {
  const context = new addon.AddonContext(model, {contextSize: 512, batchSize: 512, sequences: 1, threads: Number(threads), flashAttention: false});
  if (!await context.init()) throw new Error('context');
  const times = [];
  const until = performance.now() + 1000 * seconds;
  while (times.length < 2 || performance.now() < until) {
    const begun = performance.now();
    context.initBatch(512);
    context.addToBatch(0, 0, Uint32Array.from({length: 512}, (_, i) => i * 37 % (vocabulary - 3) + 1), Uint32Array.from([511]));
    await context.decodeBatch();
    times.push(performance.now() - begun);
    context.disposeSequence(0);
  }
  await context.dispose();
  return rates(times.length > 2 ? times.slice(1) : times, 512);
}

function rates(times, tokens) {
  const middle = median(times);
  return {median: 1000 * tokens / middle, best: 1000 * tokens / times[0], worst: 1000 * tokens / times[times.length - 1]};
}

const addon = createRequire(import.meta.url)(path.resolve(addonFolder, 'llama-addon.node'));
addon.setLogger(() => {});
addon.setLoggerLogLevel(0);
addon.loadBackends();
addon.loadBackends(path.resolve(addonFolder));
await addon.init();
const file = path.join(workFolder, `random-${type}.gguf`);
writeModel(file);
try {
  const model = new addon.AddonModel(file, {addonExports: addon, gpuLayers: 0, vocabOnly: false, useMmap: true, useMlock: false, checkTensors: false});
  if (!await model.init()) throw new Error('model');
  const result = {};
  for (const streams of [1, 8, 64]) result[streams] = await decode(model, addon, streams);
  result.prompt = await prompt(model, addon);
  console.log(JSON.stringify(result));
} finally {
  fs.rmSync(file, {force: true});
}
process.exit(0);

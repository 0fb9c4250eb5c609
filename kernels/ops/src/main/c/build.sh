#!/bin/sh
# Builds the native library of kernels/ops into a folder of resources.
# usage: build.sh <folder> [emulated]     emulated: AMX alone, its tiles in plain C; for tests. CC chooses the compiler; without any, says so and builds nothing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
system=$(uname -s | tr '[:upper:]' '[:lower:]')
machine=$(uname -m)
[ "$machine" = arm64 ] && machine=aarch64
out="$1/$system-$machine"
suffix=so
[ "$system" = darwin ] && suffix=dylib
target="$out/libsteerage-ops.$suffix"

compiler=""
for candidate in ${CC:-} cc gcc clang; do
  if command -v "$candidate" >/dev/null 2>&1; then compiler=$candidate; break; fi
done
if [ -z "$compiler" ]; then
  rm -f "$target"
  echo "[kernels/ops] no C compiler (cc, gcc, clang) found: built without the native backend"
  exit 0
fi

# Nothing to do while no source is newer than the library.
if [ -f "$target" ] && [ -z "$(find "$here" -newer "$target" -type f | head -1)" ]; then exit 0; fi

mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags="-std=gnu11 -O3 -fPIC -ffp-contract=off -fno-math-errno -fno-trapping-math -fvisibility=hidden -Wall -Wextra"

# A compiler without headers or linker, or one that does not know an instruction set.
builds() {
  printf '#include <math.h>\n#include <stdint.h>\nfloat f(float x) { return fmaf(x, x, x); }\n' > "$work/probe.c"
  $compiler $flags "$@" -shared "$work/probe.c" -o "$work/probe.so" -lm 2>"$work/probe.log"
}
if ! builds; then
  rm -f "$target"
  echo "[kernels/ops] $compiler cannot build a library ($(head -1 "$work/probe.log")): built without the native backend"
  exit 0
fi

kernels="linear layernorm activation rotary attention snap logprob product product_bf16 causal layernorm_backward activation_backward crossentropy straightthrough adamw reduction"
objects=""
held=""
paths="plain:"
wide=-mavx512f,-mavx2,-mfma,-mbmi,-mprefer-vector-width=512
if [ "$machine" = x86_64 ]; then
  paths="plain: avx2:-mavx2,-mfma,-mbmi avx512:$wide avx512bf16:$wide,-mavx512bf16"
fi
if [ "$machine" = x86_64 ] && [ "$system" = linux ]; then
  paths="$paths amx:$wide,-mavx512bf16,-mamx-tile,-mamx-bf16,-DSTEERAGE_TILES"
fi
if [ "${2:-}" = emulated ]; then
  flags="$flags -DSTEERAGE_TILES_EMULATED"
  paths="avx512:$wide amx:$wide,-mavx512bf16,-DSTEERAGE_TILES"
fi
for path in $paths; do
  name=${path%%:*}
  options=$(echo "${path#*:}" | tr ',' ' ')
  if ! builds $options; then
    echo "[kernels/ops] $compiler does not know $name: built without that path"
    continue
  fi
  held="$held -DSTEERAGE_HOLDS_$name"
  # Only these differ from the path below; the others are taken from there.
  case $name in avx512bf16|amx) own="linear snap product_bf16" ;; *) own=$kernels ;; esac
  for kernel in $own; do
    object="$work/$kernel-$name.o"
    $compiler $flags $options "-DSTEERAGE_PATH=$name" -c "$here/$kernel.c" -o "$object"
    objects="$objects $object"
  done
done
$compiler $flags $held -c "$here/path.c" -o "$work/path.o"
$compiler -shared $objects "$work/path.o" -o "$target.new" -lm
mv "$target.new" "$target"
[ "${2:-}" = emulated ] || echo "[kernels/ops] built the native backend with $compiler for $system-$machine"

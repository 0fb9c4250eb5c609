#!/bin/sh
# Builds the emulated device for the tests: the kernels' own sources under a C++ compiler, behind the driver's functions.
# usage: build.sh <folder>     CXX chooses the compiler; without any, says so and builds nothing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernels=$(cd "$here/../../main/cuda" && pwd)
target="$1/libcuda.so"

compiler=""
for candidate in ${CXX:-} g++ c++; do
  if command -v "$candidate" >/dev/null 2>&1; then compiler=$candidate; break; fi
done
if [ -z "$compiler" ]; then
  rm -f "$target"
  echo "[kernels/ops] no C++ compiler (g++) found: CUDA kernels are not tested"
  exit 0
fi

# Nothing to do while no source is newer than the library.
if [ -f "$target" ] && [ -z "$(find "$here" "$kernels" -newer "$target" -type f | head -1)" ]; then exit 0; fi

mkdir -p "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat "$kernels"/*.cu "$here/kernels.cpp" | sed -n -e 's/^\(KERNEL.*\)\{0,1\}\(steerage_[a-z0-9_]*\)(.*/LISTED(\2)/p' -e 's/^[A-Z_]*(\(steerage_[a-z0-9_]*\),.*/LISTED(\1)/p' > "$work/kernel_list.h"
flags="-std=gnu++17 -O2 -fPIC -ffp-contract=off -fno-math-errno -fno-trapping-math -fvisibility=hidden -Wall -Wextra -Wno-unknown-pragmas -Wno-unused-function -fno-strict-aliasing"
if [ "$(uname -m)" = x86_64 ] && echo | $compiler -mfma -x c++ -c - -o /dev/null 2>/dev/null && grep -qw fma /proc/cpuinfo 2>/dev/null; then
  flags="$flags -mfma"
fi
$compiler $flags -I"$kernels" -I"$here" -I"$work" -c -x c++ "$here/kernels.cpp" -o "$work/kernels.o" &
first=$!
$compiler $flags -I"$here" -c "$here/driver.cpp" -o "$work/driver.o" &
second=$!
$compiler $flags -I"$here" -c "$here/blocks.cpp" -o "$work/blocks.o"
wait $first
wait $second
$compiler -shared "$work/kernels.o" "$work/driver.o" "$work/blocks.o" -o "$target.new"
mv "$target.new" "$target"

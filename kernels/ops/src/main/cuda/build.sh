#!/bin/sh
# Builds the CUDA kernels into a folder of resources: one image with machine code for each architecture that the compiler knows, and PTX for later ones.
# usage: build.sh <folder>     NVCC chooses the compiler; without any, says so and builds nothing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target="$1/kernels.fatbin"

compiler=""
for candidate in ${NVCC:-} nvcc /usr/local/cuda/bin/nvcc; do
  if command -v "$candidate" >/dev/null 2>&1; then compiler=$candidate; break; fi
done
if [ -z "$compiler" ]; then
  rm -f "$target"
  echo "[kernels/ops] no CUDA compiler (nvcc) found: built without the cuda backend"
  exit 0
fi

# Nothing to do while no source is newer than the image.
if [ -f "$target" ] && [ -z "$(find "$here" -newer "$target" -type f | head -1)" ]; then exit 0; fi

known=$($compiler --list-gpu-code)
wanted="-gencode arch=compute_80,code=[sm_80,compute_80]"
held="sm_80"
for each in 90a 100; do
  if echo "$known" | grep -q "^sm_${each%a}\$"; then
    wanted="$wanted -gencode arch=compute_$each,code=sm_$each"
    held="$held sm_$each"
  fi
done

mkdir -p "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The Java reference decides every rounding: nothing is contracted, no subnormal is flushed.
$compiler -std=c++17 -fmad=false -ftz=false -prec-div=true -prec-sqrt=true -Werror all-warnings --threads 0 $wanted -fatbin "$here/kernels.cu" -o "$work/kernels.fatbin"
mv "$work/kernels.fatbin" "$target"
echo "[kernels/ops] built the cuda backend with $compiler for $held and as PTX"

#!/usr/bin/env bash
# Runs the GPU checks and measurements out of an unpacked bundle; writes one dated Markdown file. Needs no Java and no
# network; what has no GPU or no PyTorch is skipped and says why.
#
#   run.sh STAGE… [--out FOLDER]     stages: machine kernels golden stability speed steering peers; all = every one in order;
#                                    sanitize, not part of all: the kernels' tests under NVIDIA's compute-sanitizer
#   STEERAGE_STAGE_S=540             a stage ends after so many seconds and keeps what it has
#   STEERAGE_TFLOPS=790              of bf16 products, for the roofline
#   STEERAGE_SECONDS=4               of one measurement
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
out=$here/results
stages=()
while [ $# -gt 0 ]; do
  case $1 in
    --out) out=$2; shift 2 ;;
    all) stages+=(machine kernels golden stability speed steering peers); shift ;;
    machine | kernels | sanitize | golden | stability | speed | steering | peers) stages+=("$1"); shift ;;
    *) echo "run.sh: stage=$1, limit=machine, kernels, sanitize, golden, stability, speed, steering, peers, all" >&2; exit 2 ;;
  esac
done
[ ${#stages[@]} -gt 0 ] || stages=(machine)
mkdir -p "$out"
out=$(cd "$out" && pwd -P) # this script leaves the folder that it was called in
result=$out/$(date -u +%F)-gpu.md
stage_s=${STEERAGE_STAGE_S:-540}
seconds=${STEERAGE_SECONDS:-4}
tflops=${STEERAGE_TFLOPS:-790}
shape=${STEERAGE_SHAPE:-410M}
java=$here/runtime/bin/java
flags=(-Xmx8g --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED ${STEERAGE_JVM_OPTS:-})
lib=$(printf '%s:' "$here"/lib/*.jar)
failed=0

write() { printf '%s\n' "$*" | tee -a "$result"; }

# A command under the time of its stage; its output goes to the result file as it comes.
keep() {
  timeout -k 10 "$stage_s" "$@" 2>&1 | grep -v -e '^WARNING: Using incubator' | tee -a "$result"
  local code=${PIPESTATUS[0]}
  case $code in
    0) ;;
    124 | 137) write "- **cut after $stage_s s**; what is above was measured" ;;
    *) write "- **failed with exit code $code**"; failed=1 ;;
  esac
}

# JUnit over some classes of the bundle; backends are taken by name, so that nothing else takes the GPU's place.
tests() {
  local arguments=() class
  if ! $has_gpu; then
    write "$probe"
    return
  fi
  for class in "$@"; do arguments+=(--include-classname ".*\\.$class"); done
  keep ${before[@]+"${before[@]}"} "$java" "${flags[@]}" -ea -Dbackends.required=cuda -Dbackends.only=cuda \
    -cp "$lib$here/tests/ops:$here/tests/transformer:$(printf '%s:' "$here"/tests/*.jar)" \
    org.junit.platform.console.ConsoleLauncher execute --disable-banner --details=summary --disable-ansi-colors \
    --scan-classpath "$here/tests/ops:$here/tests/transformer" "${arguments[@]}" ${tags[@]+"${tags[@]}"}
}

speed() { keep "$java" "${flags[@]}" -cp "$lib" dev.steerage.benchmarks.speed.GpuSpeed "$@"; }

if [ ! -x "$java" ]; then
  echo "run.sh: no runtime beside me; run me out of an unpacked bundle (infra/gpu/bundle.sh makes one)" >&2
  exit 2
fi
cd "$here" # the tests look for infra/models from here upwards
probe=$("$java" "${flags[@]}" -cp "$lib" dev.steerage.benchmarks.speed.GpuSpeed machine 2>&1 | grep -v '^WARNING')
has_gpu=true
case $probe in *skipped*) has_gpu=false ;; esac

if [ ! -f "$result" ]; then
  write "# Steerage on a GPU, $(date -u +%FT%TZ)"
  write ""
  write "Commit $(tr '\n' ' ' <"$here/commit"), \`run.sh\` of the bundle; $(uname -srm), $(nproc 2>/dev/null || echo '?') cores."
fi
for stage in "${stages[@]}"; do
  begun=$(date +%s)
  tags=()
  before=()
  write ""
  write "## $stage, $(date -u +%TZ)"
  write ""
  case $stage in
    machine)
      write "$probe"
      if command -v nvidia-smi >/dev/null 2>&1; then
        write "- nvidia-smi: $(nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.sm,clocks.mem,power.limit --format=csv,noheader | head -1)"
        write "- other processes on it: $(nvidia-smi --query-compute-apps=pid --format=csv,noheader | wc -l)"
      else
        write "- no nvidia-smi here"
      fi
      ;;
    kernels) tests 'cuda\..*Test' ;;
    sanitize)
      # Nothing else says of a GPU which thread read beside its memory, or which two raced for it.
      if ! command -v compute-sanitizer >/dev/null 2>&1; then
        write "- skipped: no compute-sanitizer here"
      else
        stage_s=$((${STEERAGE_STAGE_S:-540} / 2))
        for tool in memcheck racecheck; do
          write "### $tool"
          before=(compute-sanitizer --tool "$tool" --target-processes all --error-exitcode 9)
          tests 'RowKernelsTest' 'AttentionDeviceTest' 'LinearBf16Test' 'SnapDeviceTest'
        done
        stage_s=${STEERAGE_STAGE_S:-540}
      fi
      ;;
    golden) tests 'CudaBatchTest' 'InterventionDefinitionTest' 'BitStabilityTest' 'StoriesModelTest' 'TokFsmModelTest' ;;
    stability)
      tags=(--include-tag long)
      tests 'BitStabilitySweepTest'
      ;;
    speed)
      stage_s=$((${STEERAGE_STAGE_S:-540} / 3))
      speed kernels "$seconds" bf16 "$tflops" "$shape"
      speed decode "$seconds" bf16 "$tflops" "$shape"
      speed options "$seconds" bf16 "$tflops" "$shape"
      stage_s=${STEERAGE_STAGE_S:-540}
      ;;
    steering) speed steering "$seconds" bf16 "$tflops" "$shape" ;;
    peers)
      if command -v python3 >/dev/null 2>&1; then
        PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 keep python3 peers/run.py tests/transformer/golden/gpt_neox "$seconds" 1 32 256
      else
        write "- skipped: no python3 here"
      fi
      ;;
  esac
  write ""
  write "Stage took $(($(date +%s) - begun)) s."
done
write ""
write "## Goals so far"
write ""
"$java" "${flags[@]}" -cp "$lib" dev.steerage.benchmarks.speed.GpuGoals "$result" 2>&1 | grep -v '^WARNING' | tee -a "$result"
echo "written to $result"
exit $failed

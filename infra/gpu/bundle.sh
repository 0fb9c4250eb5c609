#!/usr/bin/env bash
# Makes the bundle for a machine with a GPU and CUDA, without Java and without network: a jlinked runtime, the engine,
# its kernels, its tests with JUnit, the models of the tests, the peers. Prints its size; fails above 60 MiB.
#
#   infra/gpu/bundle.sh [FOLDER]      default: infra/gpu/target; needs JDK 25 and what ./mvnw needs
#   STEERAGE_BUNDLE_MODELS=no         without infra/models, for unpacking inside a checkout
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
home=$(cd "$here/../.." && pwd -P)
out=${1:-$here/target}
limit_mib=60
junit=1.14.4

say() { printf 'bundle: %s\n' "$*" >&2; }

# As the launcher looks for one, the usual places only.
find_jdk() {
  local candidate
  for candidate in "${STEERAGE_JAVA_HOME-}" "${JAVA_HOME-}" /usr/lib/jvm/* /opt/java/* "${HOME-}"/.sdkman/candidates/java/*; do
    if [ -x "$candidate/bin/jlink" ] && grep -q '^JAVA_VERSION="2[5-9]' "$candidate/release" 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  say "needs JDK 25 or newer with jlink; set STEERAGE_JAVA_HOME"
  return 1
}

jdk=$(find_jdk)
bundle=$out/steerage-gpu
rm -rf "$bundle"
mkdir -p "$bundle/lib" "$bundle/tests"

dependency=org.apache.maven.plugins:maven-dependency-plugin:3.11.0
say "compiling"
maven() { (cd "$home" && ./mvnw -q -B "$@"); }
maven -pl kernels/benchmarks -am -DskipTests test-compile
# What the tests of the engine need beside the project's own classes and JUnit, which the console launcher brings.
maven -pl kernels/transformer -am -DskipTests test-compile "$dependency:build-classpath" -Dmdep.outputFile="$out/classpath" \
  -DincludeScope=test -DexcludeGroupIds=dev.steerage,org.junit.jupiter,org.junit.platform,org.opentest4j,org.apiguardian
maven "$dependency:copy" -N -Dartifact="org.junit.platform:junit-platform-console-standalone:$junit" \
  -DoutputDirectory="$bundle/tests"

if [ ! -f "$home/kernels/ops/target/classes/dev/steerage/ops/cuda/kernels.fatbin" ]; then
  say "no nvcc when this was built: the bundle has no kernels, and everything on the GPU will be skipped"
fi

say "copying"
for module in services/domain kernels/ops kernels/transformer kernels/benchmarks; do
  "$jdk/bin/jar" --create --file "$bundle/lib/$(basename "$module").jar" -C "$home/$module/target/classes" .
done
{ tr ':' '\n' <"$out/classpath" && echo; } | while read -r jar; do
  case $(basename "$jar") in
    .jar | '') ;;
    jackson-*) cp "$jar" "$bundle/lib/" ;;
    *) cp "$jar" "$bundle/tests/" ;;
  esac
done
for module in ops transformer; do
  mkdir -p "$bundle/tests/$module"
  cp -r "$home/kernels/$module/target/test-classes/." "$bundle/tests/$module/"
done
# Only for tests of the checkpoint reader and the tokenizer, which need no GPU.
rm -rf "$bundle/tests/transformer/checkpoints" "$bundle/tests/transformer/tokenizers"
# Unpacked inside a checkout, the tests find its models by themselves.
if [ "${STEERAGE_BUNDLE_MODELS:-yes}" = yes ]; then
  mkdir -p "$bundle/infra/models"
  # The models that the tests have expected values of do for those that take any: the shipped ones would be another 18 MiB.
  for model in tokfsm stories; do
    ln -s "../../tests/transformer/reference/$model" "$bundle/infra/models/$model"
  done
fi
cp -r "$here/peers" "$here/run.sh" "$bundle/"
rm -rf "$bundle/peers/__pycache__"
(cd "$home" && git rev-parse --short=12 HEAD 2>/dev/null && git status --porcelain | head -1 | sed 's/.*/with changes/') \
  >"$bundle/commit" || echo unknown >"$bundle/commit"

say "linking the runtime"
"$jdk/bin/jlink" --output "$bundle/runtime" --strip-debug --no-header-files --no-man-pages --compress=zip-0 \
  --add-modules java.base,java.logging,java.management,java.naming,java.sql,java.xml,jdk.incubator.vector,jdk.management,jdk.unsupported

say "packing"
archive=$out/steerage-gpu.tar.xz
tar -C "$out" -c steerage-gpu | xz -3 -T0 >"$archive"
bytes=$(stat -c %s "$archive" 2>/dev/null || stat -f %z "$archive")
printf 'bundle: %s, %d bytes = %d.%d MiB of %d\n' "$archive" "$bytes" $((bytes >> 20)) $(((bytes * 10 >> 20) % 10)) $limit_mib
if [ "$bytes" -gt $((limit_mib << 20)) ]; then
  say "too large: $bytes bytes, limit $((limit_mib << 20))"
  exit 1
fi

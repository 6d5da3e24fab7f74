#!/usr/bin/env bash
# The one entry to this repository. `./build.sh help` lists what it does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly rocksdb_package=librocksdb7.8
readonly configuration=Release
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true
export npm_config_loglevel=error npm_config_update_notifier=false

help() {
  cat <<'EOF'
Usage: ./build.sh VERB [OPTIONS]

  setup             install what is missing (RocksDB, npm packages, NuGet packages)
  build             build everything
  run [--once]      build, start a daemon on a new data directory, and show what it does, through the
                    TypeScript SDK; goes on until Ctrl+C, or ends after the tour with --once
  test [--long]     build and run all tests; --long adds the long ones. Ends with "N passed, N failed"
  bench [--quick]   measure, print tables of ratios, and write them to artifacts/bench
  check             lint the contract and the code, and check that generated pages are up to date
  package           make a self-contained archive in artifacts

Needs the .NET 10 SDK and Node.js 20 or newer. On Debian, setup installs the rest.
EOF
}

say() { printf '\033[2m==> %s\033[0m\n' "$*"; }

fail() {
  printf 'build.sh: %s\n' "$*" >&2
  exit 1
}

# Runs a command whose output matters only if it fails.
quietly() {
  local output
  output="$("$@" 2>&1)" || {
    printf '%s\n' "$output" >&2
    return 1
  }
}

# A directory of its own for one run, gone at its end.
make_scratch() {
  scratch="$(mktemp -d "${TMPDIR:-/tmp}/map-XXXXXX")"
  trap 'rm -rf "$scratch"' EXIT
}

require_tools() {
  command -v dotnet >/dev/null || fail "the .NET SDK is missing. Install the .NET 10 SDK and put 'dotnet' on the PATH."
  case "$(dotnet --version 2>/dev/null)" in
    1[0-9].*) ;;
    *) fail "the .NET 10 SDK is missing; 'dotnet --version' says '$(dotnet --version 2>&1 | head -n 1)'." ;;
  esac
  command -v node >/dev/null || fail "Node.js is missing. Install Node.js 20 or newer and put 'node' on the PATH."
  [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ] || fail "Node.js 20 or newer is needed; this is $(node --version)."
  command -v npm >/dev/null || fail "npm is missing. It comes with Node.js."
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

has_rocksdb() { ldconfig -p 2>/dev/null | grep -qE 'librocksdb\.so\.(7\.8|8\.9|9\.10)'; }

setup_rocksdb() {
  has_rocksdb && return
  say "Installing $rocksdb_package"
  command -v apt-get >/dev/null || fail "RocksDB is missing. Install a librocksdb of version 7.8, 8.9 or 9.10."
  {
    as_root apt-get update -qq &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$rocksdb_package"
  } >/dev/null 2>&1 || true
  has_rocksdb || fail "RocksDB is missing and could not be installed. Run: sudo apt-get install $rocksdb_package"
}

# A program that tests compare with or watch by; they are skipped where it cannot be had.
setup_for_tests() {
  local program="$1" package="$2" tests="$3"
  command -v "$program" >/dev/null && return
  say "Installing $package"
  {
    as_root apt-get update -qq &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package"
  } >/dev/null 2>&1 || say "$package could not be installed; $tests are skipped"
}

setup_npm() {
  local folder
  for folder in ui-ts src/guest tests/Map.Wasm.Tests/tools; do
    # The lockfile of the last installation tells whether another is needed.
    cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-lock.json" && continue
    say "Installing npm packages in $folder"
    quietly npm --prefix "$folder" ci
    cp "$folder/package-lock.json" "$folder/node_modules/.installed-lock.json"
  done
}

setup() {
  require_tools
  setup_rocksdb
  setup_for_tests strace strace "the tests of the order of syncs"
  setup_for_tests wast2json wabt "the tests of the engine against other parsers and engines"
  setup_npm
  say "Restoring NuGet packages"
  dotnet restore map-daemon.sln --locked-mode --verbosity quiet
}

build() {
  setup
  say "Building the native workspace"
  quietly dotnet build map-daemon.sln --configuration $configuration --no-restore --verbosity quiet --nologo
  say "Building the guests"
  (cd src/guest && npm run --silent build)
  say "Building ui-ts"
  (cd ui-ts && npm run --silent build)
}

daemon_path() { printf '%s' "$PWD/src/host/Map.Daemon/bin/$configuration/net10.0/map-daemon"; }

run() {
  build
  make_scratch
  MAP_TOUR_DATA_DIR="$scratch/data" MAP_TOUR_DAEMON="[\"$(daemon_path)\",\"run\",\"--data\",\"$scratch/data\",\"--port\",\"0\"]" MAP_TOUR_SAMPLES="$PWD/samples/library" \
    MAP_TOUR_DANCES="$PWD/src/guest/dances/build" node ui-ts/sdk/examples/dist/tour.js "$@"
}

# Counts are read from the machine-readable reports, never from what a runner prints for people.
test_dotnet() {
  local results="$1" project status=0
  for project in tests/*.Tests/*.csproj; do
    say "$(basename "$project" .csproj)"
    dotnet test "$project" --configuration $configuration --no-build --nologo --verbosity quiet \
      --results-directory "$results" --logger "trx;LogFileName=$(basename "$project" .csproj).trx" \
      --logger "console;verbosity=quiet" || status=1
  done
  return $status
}

test_node() {
  local results="$1" script="$2"
  say "ui-ts $script"
  (cd ui-ts/sdk && npm run --silent "$script" -- --reporter=default --reporter=json --outputFile.json="$results/$script.json")
}

run_tests() {
  local status=0 results
  [ "${1:-}" = --long ] && export MAP_TEST_LONG=1
  build
  make_scratch
  results="$scratch"
  test_dotnet "$results" || status=1
  export MAP_DAEMON_COMMAND="[\"$(daemon_path)\"]"
  test_node "$results" test || status=1
  test_node "$results" e2e || status=1
  node tools/sum-tests.mjs "$results" || status=1
  return $status
}

bench() {
  build
  dotnet run --project tests/bench --configuration $configuration --no-build -- --output artifacts/bench "$@"
}

check() {
  build
  say "Linting the contract"
  (cd proto && ../ui-ts/node_modules/.bin/buf lint)
  say "Linting ui-ts"
  (cd ui-ts && npm run --silent lint && npm run --silent typecheck)
  say "Checking the format of the native workspace"
  dotnet format map-daemon.sln whitespace --no-restore --verify-no-changes
  say "Checking the import files"
  node samples/check.mjs
}

package() {
  require_tools
  setup_rocksdb
  local name=map-daemon-linux-x64
  say "Publishing $name"
  rm -rf "artifacts/$name"
  dotnet publish src/host/Map.Daemon --configuration $configuration --runtime linux-x64 --self-contained \
    -p:PublishReadyToRun=true -p:RestoreLockedMode=true --output "artifacts/$name" --verbosity quiet --nologo
  cp LICENSE README.md "artifacts/$name/"
  tar -C artifacts -czf "artifacts/$name.tar.gz" "$name"
  say "artifacts/$name.tar.gz"
}

verb="${1:-help}"
shift || true
case "$verb" in
  setup | build | run | bench | check | package) "$verb" "$@" ;;
  test) run_tests "$@" ;;
  help | --help | -h) help ;;
  *)
    help >&2
    fail "there is no verb '$verb'."
    ;;
esac

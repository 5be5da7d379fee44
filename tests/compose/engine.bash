# A Docker Engine, compose and the images for the smoke test; sourced by compose_test. The running engine is used where
# there is one. Otherwise a private one is started, which keeps its images under build/compose-cache, so that only the
# first run is slow, and which is stopped at the end.
# shellcheck shell=bash

engine_pid=
forward_policy=

# What the test can't do without, whatever the engine.
require_tools() {
  local tool
  for tool in docker curl; do
    command -v "$tool" >/dev/null || skip "there is no $tool here (Debian packages docker.io and curl)."
  done
}

# Sets compose_command: the plugin, else the program of its own. COMPOSE names another one.
find_compose() {
  if [ -n "${COMPOSE:-}" ]; then
    read -r -a compose_command <<<"$COMPOSE"
  elif docker compose version >/dev/null 2>&1; then
    compose_command=(docker compose)
  elif command -v docker-compose >/dev/null; then
    compose_command=(docker-compose)
  else
    skip "there is neither the compose plugin nor docker-compose here (Debian package docker-compose)."
  fi
  "${compose_command[@]}" version >/dev/null || skip "'${compose_command[*]} version' fails."
}

# find_engine CACHE SCRATCH
find_engine() {
  local cache=$1 scratch=$2
  if docker info >/dev/null 2>&1; then
    note "using the running engine, $(docker version --format '{{.Server.Version}}')"
    return
  fi
  [ -z "${DOCKER_HOST:-}" ] || skip "nothing answers at DOCKER_HOST ($DOCKER_HOST)."
  [ "$(id -u)" -eq 0 ] || skip "no Docker Engine is running, and only root may start one."
  command -v dockerd >/dev/null || skip "no Docker Engine is running and there is no dockerd to start (Debian package docker.io)."
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock --nonblock 9 || skip "another run of this test is using $cache."

  forward_policy=$(iptables -S FORWARD 2>/dev/null | sed -n 's/^-P FORWARD //p')
  export DOCKER_HOST=unix://$scratch/docker.sock
  # File descriptor 9 stays here: the lock ends with this script, whatever the engine leaves behind.
  dockerd --data-root "$cache/engine" --exec-root "$scratch/exec" --pidfile "$scratch/dockerd.pid" --host "$DOCKER_HOST" \
    >"$scratch/dockerd.log" 2>&1 9>&- &
  engine_pid=$!
  local _
  for _ in $(seq 120); do
    if docker info >/dev/null 2>&1; then
      note "started an engine of our own, $(docker version --format '{{.Server.Version}}')"
      return
    fi
    kill -0 "$engine_pid" 2>/dev/null || break
    sleep 0.5
  done
  tail -n 15 "$scratch/dockerd.log" >&2
  skip "an engine of our own does not start on this machine; its last words are above."
}

# Stops the engine if it is ours. Unused layers that are older than two days go first, so that the cache stays small and
# Debian's updates come in.
stop_engine() {
  [ -n "$engine_pid" ] || return 0
  if kill -0 "$engine_pid" 2>/dev/null; then
    docker container prune --force >/dev/null 2>&1 || true
    docker image prune --force --filter until=48h >/dev/null 2>&1 || true
    docker builder prune --force --filter until=48h >/dev/null 2>&1 || true
    kill -TERM "$engine_pid" 2>/dev/null || true
    wait "$engine_pid" 2>/dev/null || true
  fi
  engine_pid=
  # An engine that turns forwarding on also makes this DROP, and leaves it so.
  [ -z "$forward_policy" ] || iptables -P FORWARD "$forward_policy" || true
}

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# Sets BASE_IMAGE and DB_IMAGE where they are not given: the published images, or where no registry can be reached, ones
# made here from Debian's packages. provide_images DATABASE_FOLDER SCRATCH
provide_images() {
  local database_folder=$1 scratch=$2
  local base=support-agent-smoke-base:bookworm database=support-agent-smoke-db:15
  if [ -z "${BASE_IMAGE:-}" ]; then
    if can_have debian:bookworm-slim; then
      BASE_IMAGE=debian:bookworm-slim
    else
      has_image "$base" || make_base_image "$base" "$scratch"
      BASE_IMAGE=$base
    fi
  fi
  if [ -z "${DB_IMAGE:-}" ]; then
    if can_have pgvector/pgvector:pg15; then
      DB_IMAGE=pgvector/pgvector:pg15
    else
      docker build --build-arg "BASE_IMAGE=$BASE_IMAGE" --tag "$database" "$database_folder" >"$scratch/build.log" 2>&1 || {
        tail -n 20 "$scratch/build.log" >&2
        fail "the database image can't be built from $BASE_IMAGE; the end of the build's output is above."
      }
      DB_IMAGE=$database
    fi
  fi
  export BASE_IMAGE DB_IMAGE
  note "base image $BASE_IMAGE, database image $DB_IMAGE"
}

# Here already, or the registry has it.
can_have() { has_image "$1" || timeout 300 docker pull --quiet "$1" >/dev/null 2>&1; }

# make_base_image NAME SCRATCH
make_base_image() {
  local scratch=$2
  [ "$(id -u)" -eq 0 ] || skip "no registry can be reached for debian:bookworm-slim, and only root may make a base image."
  command -v debootstrap >/dev/null ||
    skip "no registry can be reached for debian:bookworm-slim, and there is no debootstrap to make a base image (Debian package debootstrap)."
  note "no registry can be reached: making the base image with debootstrap"
  debootstrap --variant=minbase bookworm "$scratch/base" >"$scratch/debootstrap.log" 2>&1 || {
    tail -n 15 "$scratch/debootstrap.log" >&2
    fail "debootstrap can't make a Debian 12; its last words are above."
  }
  rm -f "$scratch"/base/var/cache/apt/archives/*.deb
  tar --directory "$scratch/base" --create . | docker import - "$1" >/dev/null
  rm -rf "$scratch/base"
}

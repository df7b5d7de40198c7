#!/usr/bin/env bash
# side_by_side.sh [-t THREADS] [-r ROUNDS] [-p PROMPT] [-n GENERATE] MOESCOPE MODEL PEER...
#
# Measures `moescope bench` and other engines on one file, in turns. A PEER is a command that takes
# llama-bench's options and writes its JSON ("path/llama-bench", or "path/llama-bench -fa 1" in quotes).
# Each program runs alone, once a round; the table has medians and ratios to the fastest peer.
set -euo pipefail

threads=2 rounds=3 prompt=512 generate=64
while getopts t:r:p:n: option; do
  case $option in
    t) threads=$OPTARG ;;
    r) rounds=$OPTARG ;;
    p) prompt=$OPTARG ;;
    n) generate=$OPTARG ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -ge 2 ] || { sed -n 2,6p "$0" | cut -c3- >&2; exit 2; }
moescope=$1 model=$2
shift 2

cpus=0-$((threads - 1))
results=$(mktemp)
trap 'rm -f "$results"' EXIT

# number KEY: the value of a key in JSON on standard input, of its last occurrence.
number() { grep -o "\"$1\": *[0-9.eE+-]*" | tail -n 1 | sed 's/.*: *//'; }
note() { echo "$1 $2 $3" >>"$results"; }  # WHO WHAT VALUE

for ((round = 1; round <= rounds; ++round)); do
  json=$(taskset -c "$cpus" "$moescope" bench -m "$model" --threads "$threads" --prompt "$prompt" \
    --generate "$generate" --repeat 1 --json)
  note moescope prompt "$(number prompt_tokens_per_s <<<"$json")"
  note moescope generation "$(number generation_tokens_per_s_recording <<<"$json")"
  note moescope bandwidth "$(number memory_bandwidth_bytes_per_s <<<"$json")"
  note moescope bytes "$(number bytes_per_token <<<"$json")"
  peer=0
  for command in "$@"; do
    peer=$((peer + 1))
    read -ra words <<<"$command"
    run() { taskset -c "$cpus" "${words[@]}" -m "$model" -t "$threads" -r 1 -o json "$@" 2>/dev/null; }
    note "peer$peer" prompt "$(run -p "$prompt" -n 0 | number avg_ts)"
    note "peer$peer" generation "$(run -p 0 -n "$generate" | number avg_ts)"
  done
  echo "round $round of $rounds" >&2
done

median() { awk -v who="$1" -v what="$2" '$1 == who && $2 == what { print $3 }' "$results" | sort -g |
  awk '{ v[NR] = $1 } END { print NR ? v[int((NR + 1) / 2)] : 0 }'; }
range() { awk -v who="$1" -v what="$2" '$1 == who && $2 == what { print $3 }' "$results" | sort -g |
  awk 'NR == 1 { first = $1 } { last = $1 } END { printf "%.1f to %.1f", first, last }'; }

printf '%s, %s threads, median of %s rounds (range)\n' "$(basename "$model")" "$threads" "$rounds"
for what in prompt generation; do
  best=0
  for ((peer = 1; peer <= $#; ++peer)); do
    best=$(awk -v a="$best" -v b="$(median "peer$peer" $what)" 'BEGIN { print (a > b ? a : b) }')
  done
  own=$(median moescope $what)
  printf '%-10s  moescope %8.1f tok/s (%s)' $what "$own" "$(range moescope $what)"
  for ((peer = 1; peer <= $#; ++peer)); do
    printf '   peer %d %8.1f (%s)' $peer "$(median "peer$peer" $what)" "$(range "peer$peer" $what)"
  done
  awk -v own="$own" -v best="$best" 'BEGIN { if (best > 0) printf "   ratio %.2f", own / best; print "" }'
done
awk -v bytes="$(median moescope bytes)" -v rate="$(median moescope generation)" \
  -v bandwidth="$(median moescope bandwidth)" \
  'BEGIN { printf "weights     %.1f MB a token, %.0f %% of %.1f GB/s\n", bytes / 1e6, 100 * bytes * rate / bandwidth, bandwidth / 1e9 }'

#!/bin/sh
# SPDX-License-Identifier: MIT
# leakslope run --snapshot-signal, compare and top: a service that grows.
# usage: snapshots.sh FOLDER_OF_SERVICE_C FOLDER_OF_SNAPFILE_PY
. "$(dirname "$0")/lib.sh"
needs gcc python3 readelf objcopy
cp "$1/service.c" .
gcc -g -O0 -Wl,--build-id service.c -o service
place="service\\.c:$(grep -n "the cache's line" service.c | cut -d: -f1)"

mkfifo asks answers
ask() { # what; the process that answers is in $pid
  echo "$1" >&8
  read -r answer pid <&9
  [ "$answer" = "done" ] || fail "the service says $answer"
}

start() { # options
  "$command" run "$@" -- ./service <asks >answers &
  service=$!
  exec 8>asks 9<answers
}

end() {
  exec 8>&- 9<&-
  status=0
  wait "$service" || status=$?
}

shot() { # signal, the file that it makes
  kill -s "$1" "$pid"
  tries=0
  until [ -e "$2" ]; do
    kill -0 "$pid" || fail "SIG$1 ended the service"
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || fail "there is no $2: $(ls shots)"
    sleep 0.1
  done
}

start --snapshot-signal USR2 --snapshot-dir shots
ask r10
ask d
before=shots/leakslope.$pid.1.snap
after=shots/leakslope.$pid.2.snap
shot USR2 "$before"
ask r1000
ask s7
shot USR2 "$after"
end
[ "$status" -eq 5 ] || fail "the service ends with $status"
[ -z "$(find shots -name '*.tmp')" ] || fail "left over: $(ls shots)"

# The table names the place and how much it grew.
leakslope 0 compare "$before" "$after"
expect_in out "^ *+97\.7 KiB *+1000 *98\.6 KiB *1010  .*$place in cache_put\$"
expect_in out '^malloc: .* blocks (+10[0-9]*)$'
expect_in out '^fd: .* (+7)$'
! grep -q answer_new out || fail "what was freed is in the table"
! grep -q "$(printf '\033')" out || fail "colours in a file"
leakslope 0 compare "$before" "$before"
expect_in out '^nothing changed$'
leakslope 0 top "$after"
expect_in out "^ *98\.6 KiB *1010  .*$place in cache_put\$"
leakslope 0 top --limit 1 "$after"
expect_in out '^\.\.\. and [0-9]* more'
leakslope 0 compare --key filename "$before" "$after"
expect_in out ' +10[0-9]* .* .*service\.c$'
leakslope 0 compare --key=traceback "$before" "$after"
expect_in out "^    #0 .*$place in cache_put\$"
expect_in out '^    #1 .*service\.c:[0-9]* in work$'
expect_in out '^    #2 .*service\.c:[0-9]* in main$'
leakslope 0 compare --cumulative --limit 0 "$before" "$after"
expect_in out ' +10[0-9]* .*service\.c:[0-9]* in main$'
leakslope 0 compare --domain fd "$before" "$after"
expect_in out ' +7 .*service\.c:[0-9]* in session_open$'
! grep -q cache_put out || fail "blocks among descriptors"
leakslope 0 compare --exclude '*service.c' "$before" "$after"
expect_in out '^nothing changed$'
leakslope 0 compare --include '*service.c' --domain=malloc "$before" "$after"
expect_in out cache_put

# For programs.
cat >check.py <<'END'
import json
import sys

data = json.load(open("out", encoding="utf-8"))
key = sys.argv[1]
top = data["statistics"][0]
assert data["version"] == 1 and data["key"] == key
assert [len(data["snapshots"]), data["omitted"]] == [2, 0]
assert top["count_diff"] >= 1000 and top["size_diff"] >= 100000, top
frame = top["traceback"][0]
assert frame["filename"].endswith("service.c"), frame
if key != "filename":
    assert frame["function"] == "cache_put" and frame["lineno"] > 0, frame
END
for key in lineno filename traceback; do
  leakslope 0 compare --json --key "$key" "$before" "$after"
  python3 check.py "$key" || fail "JSON by $key"
done
leakslope 0 top --json --limit 1 "$after"
python3 -c 'import json, sys; d = json.load(open("out"))
sys.exit(len(d["statistics"]) != 1 or d["omitted"] < 1)' || fail "top --json"
leakslope 0 compare --folded "$before" "$after"
expect_in out ';main;work;cache_put 100000$'
leakslope 0 compare --folded=count "$before" "$after"
expect_in out ';main;work;cache_put 1000$'
! grep -vE '^[^ ].* [0-9]+$' out || fail "these are no folded stacks"
leakslope 0 top --folded=count "$after"
expect_in out ';main;work;cache_put 1010$'

# On a terminal with colours, unless that is not wanted.
if command -v script >/dev/null; then
  TERM=xterm script -qec "'$command' compare $before $after" /dev/null >typed
  grep -q "$(printf '\033\\[31m')" typed || fail "no colours on a terminal"
  NO_COLOR=1 TERM=xterm script -qec "'$command' compare $before $after" \
    /dev/null >typed
  ! grep -q "$(printf '\033')" typed || fail "NO_COLOR is not heeded"
fi

# Without the program's file, or with another build of it, there are modules
# and offsets; the lines come back with the file.
mkdir moved.d
mv service moved.d
leakslope 0 compare "$before" "$after"
expect_in out ' +1000 .*/service+0x[0-9a-f]*$'
gcc -g -O1 -Wl,--build-id service.c -o service
leakslope 0 compare "$before" "$after"
expect_in out ' +1000 .*/service+0x[0-9a-f]*$'
leakslope 0 compare --symbols moved.d "$before" "$after"
expect_in out " +1000 .*$place in cache_put\$"
debug=$(readelf -n moved.d/service | sed -n 's|.*Build ID: \(..\)|by-id/.build-id/\1/|p')
mkdir -p "$(dirname "$debug")" "root$PWD" wrong.d
objcopy --only-keep-debug moved.d/service "$debug.debug"
leakslope 0 compare --symbols by-id "$before" "$after"
expect_in out " +1000 .*$place in cache_put\$"
cp moved.d/service "root$PWD"
leakslope 0 compare --symbols root "$before" "$after"
expect_in out " +1000 .*$place in cache_put\$"
cp service wrong.d # of the other build
leakslope 0 compare --symbols wrong.d "$before" "$after"
expect_in out ' +1000 .*/service+0x[0-9a-f]*$'
refused '--symbols: nowhere: No such file' \
  compare --symbols nowhere "$before" "$after"
mv moved.d/service service
leakslope 0 compare "$before" "$after"
expect_in out " +1000 .*$place in cache_put\$"

# A file may hold what was never a name: nothing of it reaches the terminal, or
# breaks what programs read.
PYTHONPATH=$2 python3 - <<'END'
import snapfile
import struct

odd = b"\x1b[2J\";\\\n\xff\xed\xa0\x80\xc3\xa9"
data = struct.pack("<QIIQI", 0, 1, 9, 3, 0) + struct.pack("<I", 1)
data += struct.pack("<IQI", 0, 1, 1) + 2 * (struct.pack("<I", len(odd)) + odd)
data += struct.pack("<I", 2) + struct.pack("<I", 1)
data += struct.pack("<IqqII", 0, 4, 40, 1, 0)
with open("odd.snap", "wb") as file:
    file.write(snapfile.whole(data))
END
leakslope 0 top odd.snap
[ "$(wc -l <out)" -eq 3 ] || fail "$(cat out)"
! grep -q "$(printf '\033')" out || fail "an escape sequence in a table"
expect_in out.err 'odd.snap: 3 events could not be recorded'
leakslope 0 top --json odd.snap
python3 -c 'import json; d = json.load(open("out", encoding="utf-8"))
name = d["statistics"][0]["traceback"][0]["function"]
assert name.startswith("\x1b[2J\";\\\n\ufffd") and name.endswith("\u00e9"), name
' || fail "JSON of odd names"
leakslope 0 top --folded odd.snap
[ "$(wc -l <out)" -eq 1 ] || fail "$(cat out)"
! grep -q "[;$(printf '\033')]" out || fail "a frame too many"

# Each process writes its own; an older file is not written over.
start --snapshot-signal=RTMIN+3 --snapshot-dir=shots
ask r5
first=$pid
shot RTMIN+3 "shots/leakslope.$first.1.snap"
echo older >"shots/leakslope.$first.2.snap"
shot RTMIN+3 "shots/leakslope.$first.3.snap"
[ "$(cat "shots/leakslope.$first.2.snap")" = older ] || fail "written over"
ask f
[ "$pid" -ne "$first" ] || fail "no child"
ask r3
shot RTMIN+3 "shots/leakslope.$pid.1.snap"
leakslope 0 compare "shots/leakslope.$first.3.snap" \
  "shots/leakslope.$pid.1.snap"
expect_in out " +3 .* 8  .*$place in cache_put\$"
kill -s TERM "$first"
end

# What is wrong is named.
refused 'missing.snap: No such file' compare missing.snap "$after"
refused 'service.c: it is not a snapshot' compare "$before" service.c
refused '/: Is a directory' top /
head -c 200 "$after" >short.snap
refused 'short.snap: it is damaged' top short.snap
refused 'usage: leakslope compare BASELINE AFTER' compare "$before"
refused 'usage: leakslope top SNAPSHOT' top
refused 'usage: leakslope top SNAPSHOT' top "$before" "$after"
refused "--key: 'file' is not valid; allowed: lineno," compare --key file a b
refused "--limit: '-3' is not valid" top --limit -3 a
refused '--limit needs a value' top a --limit
refused "--domain: 'disk' is not valid" top a --domain disk
refused "--folded: 'bytes' is not valid; allowed: size, count" \
  top a --folded=bytes
refused '--cumulative is for --key lineno' top a --key traceback --cumulative
refused '--json and --folded cannot go together' top --json --folded a
refused '--json and --folded cannot go together' \
  compare --folded=count --json a b
refused '--symbols: service.c: Not a directory' \
  top "$after" --symbols service.c
refused '--snapshot-dir: service.c: Not a directory' \
  run --snapshot-signal USR2 --snapshot-dir service.c -- ./service
refused '--colour is not an option' top --colour a
for wrong in KILL SEGV CHLD USR3 0 RTMAX+1 RTMIN+99 ''; do
  refused '--snapshot-signal' run --snapshot-signal="$wrong" -- ./service
done
refused '--snapshot-dir: /proc/x: No such' \
  run --snapshot-signal USR2 --snapshot-dir /proc/x -- ./service
refused '--snapshot-dir needs --snapshot-signal' \
  run --snapshot-dir shots -- ./service
refused 'CK_LEAK=no traces nothing' \
  run --leak no --snapshot-signal USR2 -- ./service
printf '#!/bin/sh\n./service\n' >script.sh
chmod a+x script.sh
refused './script.sh is not run.*traced: it is a script' \
  run --snapshot-signal USR2 -- ./script.sh
if gcc -static service.c -o static 2>static.log; then
  refused './static is not run, it cannot be traced: it is linked statically' \
    run --snapshot-signal USR2 -- ./static
fi

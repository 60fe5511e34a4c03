#!/bin/sh
# SPDX-License-Identifier: MIT
# One table: `leakslope --options`, --help, the man page and README.md name the
# same options, with the same defaults.
# usage: options.sh SOURCE_DIR
. "$(dirname "$0")/lib.sh"
needs awk
source=$1
leakslope 0 --options
cp out options
awk -F'\t' 'NF != 5 { exit 1 }' options || fail "not five columns"
[ "$(wc -l <options)" -gt 8 ] || fail "few options: $(cat options)"
awk -F'\t' '{ print $1, $2, $3 }' options | sort >expected

# The flag is made of the name.
awk -F'\t' '{ print $1, $2 }' options >names
while read -r name flag; do
  made=$(echo "$name" | sed 's/^CK_LEAK_//; s/^CK_//; s/_FILE_NAME$//; s/_LOG$//' |
    tr 'A-Z_' 'a-z-')
  [ "$flag" = "--$made" ] || fail "$name is $flag"
done <names

leakslope 0 --help
sed -n 's/^  \(--[a-z-]*\) VALUE  (\(CK_[A-Z_]*\), default: \(.*\))$/\2 \1 \3/p' \
  out | sort >help
diff expected help || fail "the table (<) and --help (>) differ"

man=$PREFIX/share/man/man7/leakslope.7
sed -n 's/\\-/-/g; s/^\\fB\(CK_[A-Z_]*\)\\fR, \\fB\(--[a-z-]*\)\\fR (default: \(.*\))$/\1 \2 \3/p' \
  "$man" | sort >page
diff expected page || fail "the table (<) and leakslope.7 (>) differ"

# shellcheck disable=SC2016 # Markdown
sed -n 's/^| `\(CK_[A-Z_]*\)` | \([^|]*\) |.*/\1 \2/p' "$source/README.md" |
  tr -d '`' | sort >readme
awk -F'\t' '{ print $1, $3 }' options | sort >expected
diff expected readme || fail "the table (<) and README.md (>) differ"

# No page names another one.
cut -f1 options | sort >known
grep -oh 'CK_LEAK[A-Z_]*\|CK_JUNIT[A-Z_]*' "$man" "$PREFIX"/share/man/man[13]/* \
  "$source/README.md" "$source"/cmake/doc/*.md | sed 's/_$//' | sort -u >named
comm -13 known named | grep . && fail "these are in no table"
exit 0

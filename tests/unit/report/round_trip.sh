#!/bin/sh
# SPDX-License-Identifier: MIT
# JUnit and text made of JSON are those that the writers made.
# usage: round_trip.sh COMMAND FOLDER
set -eu
command=$1
cd "$2"
for name in empty full lost evil; do
  "$command" report $name.json --junit $name.again.xml --text >$name.again.txt
  "$command" report $name.json --junit=- --junit-schema junit-10 >again.xml
  cmp $name.xml $name.again.xml
  cmp $name.strict.xml again.xml
  "$command" report $name.json --html $name.again.html
  cmp $name.txt $name.again.txt
done

# What is lost stops a gate as a leak does.
status=0
"$command" report lost.json --check || status=$?
[ "$status" -eq 1 ]

# SPDX-License-Identifier: MIT
# Writes, for the objects in OBJECTS (joined by |):
#   OUT.map  libc's functions that they call, and the name that each gets
#   OUT.c    under that name, a jump to libc's own function
#   OUT.h    the same functions as a list, for a program without a libc.so
# usage: cmake -DNM= -DLIBC= -DOUT= -DOBJECTS= -P own_libc_generate.cmake
cmake_minimum_required(VERSION 3.25)

# These are called by name on purpose: see heap.h.
set(by_name malloc free calloc)

function(symbols_of result)
  execute_process(COMMAND "${NM}" ${ARGN} OUTPUT_VARIABLE text
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "${NM} ${ARGN}: ${failed}")
  endif()
  string(REPLACE "\n" ";" lines "${text}")
  set(${result} "${lines}" PARENT_SCOPE)
endfunction()

symbols_of(lines -D --defined-only "${LIBC}")
list(FILTER lines INCLUDE REGEX " [TWi] ")
list(TRANSFORM lines REPLACE "^.* ([^ @]+)(@.*)?$" "\\1")
set(functions "${lines}")

string(REPLACE "|" ";" objects "${OBJECTS}")
symbols_of(lines -u ${objects})
list(FILTER lines INCLUDE REGEX "^ *[Uw] ")
list(TRANSFORM lines REPLACE "^ *[Uw] " "")
list(REMOVE_DUPLICATES lines)
list(REMOVE_ITEM lines ${by_name})
list(SORT lines)
set(names "")
foreach(name IN LISTS lines)
  if(name IN_LIST functions)
    list(APPEND names "${name}")
  endif()
endforeach()
list(LENGTH names n)
if(n EQUAL 0)
  message(FATAL_ERROR "no call of a function of ${LIBC} was found")
endif()

set(map "")
set(list "")
set(code "/* Made by own_libc_generate.cmake. */\n#include \"own_libc.h\"\n")
set(text "")
set(i 0)
foreach(name IN LISTS names)
  string(APPEND map "${name} ck_libc_${name}\n")
  string(APPEND list "LIBC_FUNCTION(${name})\n")
  string(APPEND code "CK_LIBC_JUMP(${name}, ${i})\n")
  string(APPEND text "  \"${name}\\0\"\n")
  math(EXPR i "${i} + 1")
endforeach()
string(APPEND code "CK_LIBC_FUNCTIONS(${n},\n${text})\n")
file(WRITE "${OUT}.map" "${map}")
file(WRITE "${OUT}.h" "${list}")
file(WRITE "${OUT}.c" "${code}")
